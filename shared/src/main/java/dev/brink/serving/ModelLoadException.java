package dev.brink.serving;

/** A model that cannot be served, with the reason in words for its owner. */
final class ModelLoadException extends Exception {

  private static final long serialVersionUID = 1L;

  ModelLoadException(String reason) {
    super(reason);
  }

  ModelLoadException(String reason, Throwable cause) {
    super(reason, cause);
  }
}
