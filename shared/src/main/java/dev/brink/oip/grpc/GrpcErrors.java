package dev.brink.oip.grpc;

import dev.brink.inference.InferenceError;
import dev.brink.oip.wire.WireError;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.grpc.common.GrpcHeaderNames;
import io.vertx.grpc.common.GrpcStatus;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** Errors as gRPC knows them. */
final class GrpcErrors {

  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private GrpcErrors() {}

  static GrpcStatus status(InferenceError error) {
    return switch (error) {
      case InferenceError.InvalidRequest e -> GrpcStatus.INVALID_ARGUMENT;
      case InferenceError.Unauthenticated e -> GrpcStatus.UNAUTHENTICATED;
      case InferenceError.Forbidden e -> GrpcStatus.PERMISSION_DENIED;
      case InferenceError.UnknownModel e -> GrpcStatus.NOT_FOUND;
      case InferenceError.NotFound e -> GrpcStatus.NOT_FOUND;
      case InferenceError.Conflict e -> GrpcStatus.ALREADY_EXISTS;
      case InferenceError.TooLarge e -> GrpcStatus.RESOURCE_EXHAUSTED;
      case InferenceError.Unsupported e -> GrpcStatus.UNIMPLEMENTED;
      case InferenceError.Overloaded e -> GrpcStatus.RESOURCE_EXHAUSTED;
      case InferenceError.Unavailable e -> GrpcStatus.UNAVAILABLE;
      case InferenceError.DeadlineExceeded e -> GrpcStatus.DEADLINE_EXCEEDED;
      case InferenceError.Cancelled e -> GrpcStatus.CANCELLED;
      case InferenceError.StorageFull e -> GrpcStatus.RESOURCE_EXHAUSTED;
      case InferenceError.Internal e -> GrpcStatus.INTERNAL;
    };
  }

  /**
   * Says in the trailers what went wrong: for everybody the message, and exactly which error it is
   * for a Brink node at the other end. The gRPC library would escape commas and colons in the
   * message, too, which not every client takes back.
   */
  static void describe(InferenceError error, MultiMap trailers) {
    trailers.set(GrpcHeaderNames.GRPC_MESSAGE, escaped(error.message()));
    WireError wire = WireError.of(error);
    trailers.set(WireError.KIND_HEADER, wire.kind());
    if (wire.retryAfterMillis() > 0) {
      trailers.set(WireError.RETRY_AFTER_HEADER, Long.toString(wire.retryAfterMillis()));
    }
  }

  /** Answers a call that is not to be taken on, before any of its messages is read. */
  static void refuse(HttpServerRequest request, InferenceError error) {
    HttpServerResponse response = request.response();
    response
        .putHeader("content-type", "application/grpc")
        .putHeader("grpc-status", Integer.toString(status(error).code));
    describe(error, response.headers());
    response.end();
  }

  /** As gRPC wants it: what is not printable ASCII, and the percent sign, by its bytes. */
  static String escaped(String message) {
    StringBuilder text = new StringBuilder(message.length());
    for (byte b : message.getBytes(StandardCharsets.UTF_8)) {
      if (b >= ' ' && b <= '~' && b != '%') {
        text.append((char) b);
      } else {
        text.append('%').append(HEX.toHighHexDigit(b)).append(HEX.toLowHexDigit(b));
      }
    }
    return text.toString();
  }
}
