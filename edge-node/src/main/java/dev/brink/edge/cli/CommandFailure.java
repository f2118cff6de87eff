package dev.brink.edge.cli;

/** Ends a command with a message for the one who typed it. */
public final class CommandFailure extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;

  private CommandFailure(int status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  /** The command could not do its work. */
  public static CommandFailure failed(String message) {
    return new CommandFailure(1, message);
  }

  /** The command was asked for something it cannot be asked for. */
  public static CommandFailure usage(String message) {
    return new CommandFailure(2, message);
  }

  public int status() {
    return status;
  }
}
