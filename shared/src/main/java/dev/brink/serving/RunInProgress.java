package dev.brink.serving;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.util.List;

/**
 * The run an instance is at, so that it can be ended from outside when nobody wants it any more.
 */
final class RunInProgress implements AutoCloseable {

  private final OrtSession.RunOptions usual;

  /** Gives the memory that runs work in back to the system, which takes time. */
  private final OrtSession.RunOptions givingBack;

  private OrtSession.RunOptions options;
  private List<PendingRequest> requests = List.of();
  private boolean terminated;

  /**
   * @param keepsMemory whether runs leave memory behind that can be given back
   */
  RunInProgress(boolean keepsMemory) throws OrtException {
    usual = new OrtSession.RunOptions();
    givingBack = new OrtSession.RunOptions();
    if (keepsMemory) {
      givingBack.addRunConfigEntry("memory.enable_memory_arena_shrinkage", "cpu:0");
    }
    options = usual;
  }

  /** Another run is made ready, which has nothing of the end of the one before. */
  synchronized void prepare() throws OrtException {
    if (terminated) {
      options.setTerminate(false);
      terminated = false;
    }
  }

  /**
   * Options for the run of {@code wanted} that begins now.
   *
   * @param givesBack whether it gives back the memory it worked in
   */
  synchronized OrtSession.RunOptions begin(List<PendingRequest> wanted, boolean givesBack) {
    options = givesBack ? givingBack : usual;
    requests = wanted;
    return options;
  }

  synchronized void end() {
    requests = List.of();
  }

  synchronized boolean wasTerminated() {
    return terminated;
  }

  /** Ends the run where every request in it has left or is past its deadline. */
  synchronized void endIfUnwanted(long nowNanos) {
    if (requests.isEmpty() || terminated) {
      return;
    }
    for (PendingRequest request : requests) {
      if (!request.hasLeft() && request.remainingNanos(nowNanos) > 0) {
        return;
      }
    }
    try {
      options.setTerminate(true);
      terminated = true;
    } catch (OrtException closed) {
      throw new IllegalStateException(closed);
    }
  }

  @Override
  public synchronized void close() {
    usual.close();
    givingBack.close();
  }
}
