package dev.brink.oip.wire;

import dev.brink.inference.InferenceError;
import java.time.Duration;

/**
 * An {@link InferenceError} in a form that travels between nodes.
 *
 * @param kind name of the error's type, such as {@code Overloaded}
 * @param retryAfterMillis 0 where the kind of error knows none
 */
public record WireError(String kind, String message, long retryAfterMillis) {

  /** Name of the header or trailer that carries {@link #kind}. */
  public static final String KIND_HEADER = "brink-error";

  /** Name of the header or trailer that carries {@link #retryAfterMillis}; gRPC's own name. */
  public static final String RETRY_AFTER_HEADER = "grpc-retry-pushback-ms";

  public static WireError of(InferenceError error) {
    return new WireError(
        error.getClass().getSimpleName(), error.message(), retryAfter(error).toMillis());
  }

  /** When a caller may try again; zero where repeating does not help or no time is known. */
  public static Duration retryAfter(InferenceError error) {
    return switch (error) {
      case InferenceError.Overloaded overloaded -> overloaded.retryAfter();
      case InferenceError.Unavailable unavailable -> unavailable.retryAfter();
      case InferenceError.InvalidRequest e -> Duration.ZERO;
      case InferenceError.Unauthenticated e -> Duration.ZERO;
      case InferenceError.Forbidden e -> Duration.ZERO;
      case InferenceError.UnknownModel e -> Duration.ZERO;
      case InferenceError.NotFound e -> Duration.ZERO;
      case InferenceError.Conflict e -> Duration.ZERO;
      case InferenceError.TooLarge e -> Duration.ZERO;
      case InferenceError.Unsupported e -> Duration.ZERO;
      case InferenceError.DeadlineExceeded e -> Duration.ZERO;
      case InferenceError.Cancelled e -> Duration.ZERO;
      case InferenceError.StorageFull e -> Duration.ZERO;
      case InferenceError.Internal e -> Duration.ZERO;
    };
  }

  /** The error that was sent; a kind that this node does not know is an internal error. */
  public InferenceError toError() {
    return switch (kind) {
      case "InvalidRequest" -> new InferenceError.InvalidRequest(message);
      case "Unauthenticated" -> new InferenceError.Unauthenticated(message);
      case "Forbidden" -> new InferenceError.Forbidden(message);
      case "UnknownModel" -> new InferenceError.UnknownModel(message);
      case "NotFound" -> new InferenceError.NotFound(message);
      case "Conflict" -> new InferenceError.Conflict(message);
      case "TooLarge" -> new InferenceError.TooLarge(message);
      case "Unsupported" -> new InferenceError.Unsupported(message);
      case "Overloaded" ->
          new InferenceError.Overloaded(message, Duration.ofMillis(retryAfterMillis));
      case "Unavailable" ->
          new InferenceError.Unavailable(message, Duration.ofMillis(retryAfterMillis));
      case "DeadlineExceeded" -> new InferenceError.DeadlineExceeded(message);
      case "Cancelled" -> new InferenceError.Cancelled(message);
      case "StorageFull" -> new InferenceError.StorageFull(message);
      default -> new InferenceError.Internal(message);
    };
  }
}
