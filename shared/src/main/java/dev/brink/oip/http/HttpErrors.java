package dev.brink.oip.http;

import dev.brink.inference.InferenceError;
import java.time.Duration;
import java.util.Optional;

/** Errors as HTTP knows them. */
final class HttpErrors {

  private HttpErrors() {}

  static int status(InferenceError error) {
    return switch (error) {
      case InferenceError.InvalidRequest e -> 400;
      case InferenceError.Unauthenticated e -> 401;
      case InferenceError.Forbidden e -> 403;
      case InferenceError.UnknownModel e -> 404;
      case InferenceError.NotFound e -> 404;
      case InferenceError.Conflict e -> 409;
      case InferenceError.TooLarge e -> 413;
      case InferenceError.Unsupported e -> 501;
      case InferenceError.Overloaded e -> 429;
      case InferenceError.Unavailable e -> 503;
      case InferenceError.DeadlineExceeded e -> 504;
      case InferenceError.Cancelled e -> 499;
      case InferenceError.StorageFull e -> 507;
      case InferenceError.Internal e -> 500;
    };
  }

  /** Whole seconds, at least one, after which repeating is worth while. */
  static Optional<String> retryAfter(InferenceError error) {
    return switch (error) {
      case InferenceError.Overloaded e -> Optional.of(seconds(e.retryAfter()));
      case InferenceError.Unavailable e -> Optional.of(seconds(e.retryAfter()));
      default -> Optional.empty();
    };
  }

  private static String seconds(Duration duration) {
    return Long.toString(Math.max(1, Math.ceilDiv(duration.toMillis(), 1_000L)));
  }
}
