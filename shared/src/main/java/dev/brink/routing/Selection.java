package dev.brink.routing;

/** The target to ask, or why there is none. */
public sealed interface Selection permits Target, Selection.None {

  /** Why no target can be asked now; of several reasons the last of these is told. */
  enum None implements Selection {
    NO_TARGETS("no target is known"),
    MODEL_NOT_HELD("no target holds the model"),
    EXCLUDED("every target was tried"),
    UNHEALTHY("every target is unreachable, ejected or failing"),
    TOO_LATE("no target would answer in the time left"),
    NO_CREDIT("every target has as much in flight as it may"),
    REFUSING("every target has said that it has no room"),
    BUSY("every target has too much in flight to answer in the time left"),
    HOME_FAILING("the node that keeps the sequence is failing"),
    HOME_FULL("the node that keeps the sequence has no room for its next step");

    private final String message;

    None(String message) {
      this.message = message;
    }

    public String message() {
      return message;
    }
  }
}
