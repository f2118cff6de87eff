package dev.brink.inference;

import java.time.Duration;

/**
 * What can go wrong with a request, as a value: the protocols map it in one exhaustive switch each.
 * The message is for the caller and names the field and what was expected of it.
 */
public sealed interface InferenceError {

  String message();

  /** The caller's mistake. */
  record InvalidRequest(String message) implements InferenceError {}

  /** The caller did not say who it is, or not convincingly. */
  record Unauthenticated(String message) implements InferenceError {}

  /** The caller may not do this. */
  record Forbidden(String message) implements InferenceError {}

  /** No node that could be asked holds this model. */
  record UnknownModel(String message) implements InferenceError {}

  /** Something other than a model is not there: a job, a path. */
  record NotFound(String message) implements InferenceError {}

  /** The request contradicts the state of what it names, such as a key used for another request. */
  record Conflict(String message) implements InferenceError {}

  /** Larger than the node's limit. */
  record TooLarge(String message) implements InferenceError {}

  /** The protocol allows it, this node does not do it. */
  record Unsupported(String message) implements InferenceError {}

  /** Refused to protect the node; worth repeating after {@code retryAfter}. */
  record Overloaded(String message, Duration retryAfter) implements InferenceError {}

  /**
   * The model or the node that should answer is not there now; worth repeating after {@code
   * retryAfter}.
   */
  record Unavailable(String message, Duration retryAfter) implements InferenceError {}

  /** The deadline passed, or could not have been met. */
  record DeadlineExceeded(String message) implements InferenceError {}

  /** The caller has gone. */
  record Cancelled(String message) implements InferenceError {}

  /** There is no room to keep the request durably. */
  record StorageFull(String message) implements InferenceError {}

  /** Our mistake, or the model's. */
  record Internal(String message) implements InferenceError {}

  default InferenceException asException() {
    return new InferenceException(this);
  }

  /** To be thrown: {@code throw InferenceError.invalid(...)}. */
  static InferenceException invalid(String message) {
    return new InvalidRequest(message).asException();
  }
}
