package dev.brink.edge.uplink;

import dev.brink.inference.InferenceError;
import dev.brink.oip.wire.WireError;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** What a server means by a status other than OK: in a Brink's own words, or in gRPC's. */
final class GrpcFailure {

  private static final Duration FULL_RETRY_AFTER = Duration.ofMillis(250);
  private static final Duration AWAY_RETRY_AFTER = Duration.ofSeconds(1);

  private GrpcFailure() {}

  static InferenceError of(GrpcStatus status, MultiMap headers, MultiMap trailers) {
    String message = message(value("grpc-message", headers, trailers), status);
    String kind = value(WireError.KIND_HEADER, headers, trailers);
    if (kind == null) {
      return of(status, message);
    }
    return new WireError(
            kind, message, millis(value(WireError.RETRY_AFTER_HEADER, headers, trailers)))
        .toError();
  }

  private static InferenceError of(GrpcStatus status, String message) {
    return switch (status) {
      case INVALID_ARGUMENT, FAILED_PRECONDITION, OUT_OF_RANGE ->
          new InferenceError.InvalidRequest(message);
      case NOT_FOUND -> new InferenceError.UnknownModel(message);
      case UNAUTHENTICATED -> new InferenceError.Unauthenticated(message);
      case PERMISSION_DENIED -> new InferenceError.Forbidden(message);
      case ALREADY_EXISTS, ABORTED -> new InferenceError.Conflict(message);
      case UNIMPLEMENTED -> new InferenceError.Unsupported(message);
      case RESOURCE_EXHAUSTED -> new InferenceError.Overloaded(message, FULL_RETRY_AFTER);
      case UNAVAILABLE -> new InferenceError.Unavailable(message, AWAY_RETRY_AFTER);
      case DEADLINE_EXCEEDED -> new InferenceError.DeadlineExceeded(message);
      case CANCELLED -> new InferenceError.Cancelled(message);
      case OK, UNKNOWN, INTERNAL, DATA_LOSS -> new InferenceError.Internal(message);
    };
  }

  /** A call that fails at once has no trailers of its own: they come as headers. */
  private static String value(String name, MultiMap headers, MultiMap trailers) {
    String trailer = trailers.get(name);
    return trailer == null ? headers.get(name) : trailer;
  }

  private static String message(String encoded, GrpcStatus status) {
    return encoded == null
        ? "the cloud answered " + status
        : QueryStringDecoder.decodeComponent(encoded.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  private static long millis(String text) {
    return text != null && text.matches("[0-9]{1,9}") ? Long.parseLong(text) : 0;
  }
}
