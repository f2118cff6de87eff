package dev.brink.telemetry;

import dev.brink.inference.InferenceError;

/** How a request ended; the {@code status} of metrics and logs. */
enum Outcome {
  OK,
  DEFERRED,
  INVALID,
  UNAUTHENTICATED,
  FORBIDDEN,
  UNKNOWN_MODEL,
  NOT_FOUND,
  CONFLICT,
  TOO_LARGE,
  UNSUPPORTED,
  OVERLOADED,
  UNAVAILABLE,
  DEADLINE,
  CANCELLED,
  STORAGE_FULL,
  INTERNAL;

  static Outcome of(InferenceError error) {
    return switch (error) {
      case InferenceError.InvalidRequest invalid -> INVALID;
      case InferenceError.Unauthenticated unauthenticated -> UNAUTHENTICATED;
      case InferenceError.Forbidden forbidden -> FORBIDDEN;
      case InferenceError.UnknownModel unknown -> UNKNOWN_MODEL;
      case InferenceError.NotFound absent -> NOT_FOUND;
      case InferenceError.Conflict conflict -> CONFLICT;
      case InferenceError.TooLarge large -> TOO_LARGE;
      case InferenceError.Unsupported unsupported -> UNSUPPORTED;
      case InferenceError.Overloaded overloaded -> OVERLOADED;
      case InferenceError.Unavailable unavailable -> UNAVAILABLE;
      case InferenceError.DeadlineExceeded late -> DEADLINE;
      case InferenceError.Cancelled cancelled -> CANCELLED;
      case InferenceError.StorageFull full -> STORAGE_FULL;
      case InferenceError.Internal internal -> INTERNAL;
    };
  }

  String label() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
