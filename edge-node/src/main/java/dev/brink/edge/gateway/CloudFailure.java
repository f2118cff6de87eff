package dev.brink.edge.gateway;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.Reason;

/**
 * What a failure of the cloud means for the edge.
 *
 * @param reason what the caller is told of a held answer
 * @param isFinal whether the caller's request itself is at fault, so that nothing else is worth
 *     trying
 */
record CloudFailure(Reason reason, boolean isFinal) {

  static CloudFailure of(Throwable failure) {
    return switch (InferenceException.errorOf(failure)) {
      case InferenceError.InvalidRequest ignored -> fault();
      case InferenceError.Unauthenticated ignored -> fault();
      case InferenceError.Forbidden ignored -> fault();
      case InferenceError.UnknownModel ignored -> fault();
      case InferenceError.NotFound ignored -> fault();
      case InferenceError.Conflict ignored -> fault();
      case InferenceError.TooLarge ignored -> fault();
      case InferenceError.Unsupported ignored -> fault();
      case InferenceError.Cancelled ignored -> fault();
      case InferenceError.Overloaded ignored -> outage(Reason.OVERLOAD);
      case InferenceError.DeadlineExceeded ignored -> outage(Reason.DEADLINE);
      case InferenceError.Unavailable ignored -> outage(Reason.OFFLINE);
      case InferenceError.StorageFull ignored -> outage(Reason.OVERLOAD);
      case InferenceError.Internal ignored -> outage(Reason.OFFLINE);
    };
  }

  /** Whether nobody answered, rather than somebody with an error. */
  static boolean isAbsence(Throwable failure) {
    return InferenceException.errorOf(failure) instanceof InferenceError.Unavailable;
  }

  /** A cloud that finds fault with the request leaves it what it was: hard, or unknown. */
  Reason orReason(Reason ownReason) {
    return isFinal ? ownReason : reason;
  }

  private static CloudFailure fault() {
    return new CloudFailure(Reason.OFFLINE, true);
  }

  private static CloudFailure outage(Reason reason) {
    return new CloudFailure(reason, false);
  }
}
