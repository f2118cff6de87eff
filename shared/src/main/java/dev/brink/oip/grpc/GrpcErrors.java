package dev.brink.oip.grpc;

import dev.brink.inference.InferenceError;
import dev.brink.oip.wire.WireError;
import io.vertx.core.MultiMap;
import io.vertx.grpc.common.GrpcStatus;

/** Errors as gRPC knows them. */
final class GrpcErrors {

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

  /** Says in the trailers exactly what went wrong, for a Brink node at the other end. */
  static void describe(InferenceError error, MultiMap trailers) {
    WireError wire = WireError.of(error);
    trailers.set(WireError.KIND_HEADER, wire.kind());
    if (wire.retryAfterMillis() > 0) {
      trailers.set(WireError.RETRY_AFTER_HEADER, Long.toString(wire.retryAfterMillis()));
    }
  }
}
