package dev.brink.inference;

import io.vertx.core.Future;

/**
 * Carries an {@link InferenceError} through futures; has no stack trace because it reports no bug.
 */
public final class InferenceException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final transient InferenceError error;

  InferenceException(InferenceError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  public InferenceError error() {
    return error;
  }

  public static <T> Future<T> failed(InferenceError error) {
    return Future.failedFuture(error.asException());
  }

  /**
   * The error that {@code failure} carries; {@link InferenceError.Internal} for everything
   * unexpected.
   */
  public static InferenceError errorOf(Throwable failure) {
    return failure instanceof InferenceException expected
        ? expected.error
        : new InferenceError.Internal("internal error");
  }
}
