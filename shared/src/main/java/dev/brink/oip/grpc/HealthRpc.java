package dev.brink.oip.grpc;

import dev.brink.inference.InferenceError;
import io.vertx.core.Vertx;
import io.vertx.grpc.health.v1.HealthCheckRequest;
import io.vertx.grpc.health.v1.HealthCheckResponse;
import io.vertx.grpc.health.v1.HealthCheckResponse.ServingStatus;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * {@code grpc.health.v1.Health}: the node's readiness. The gRPC library's own service calls a node
 * that drains healthy, because it never asks about the empty name that probes use.
 */
final class HealthRpc {

  private static final Set<String> NAMES = Set.of("", "inference.GRPCInferenceService");
  private static final long LOOK_MILLIS = 500;

  private final Vertx vertx;
  private final BooleanSupplier ready;

  HealthRpc(Vertx vertx, BooleanSupplier ready) {
    this.vertx = vertx;
    this.ready = ready;
  }

  HealthCheckResponse check(HealthCheckRequest request) {
    if (!NAMES.contains(request.getService())) {
      throw new InferenceError.NotFound("unknown service " + request.getService()).asException();
    }
    return answer(status(request));
  }

  /** Tells the status now, and each change until the caller goes. */
  void watch(GrpcCall<HealthCheckResponse> call, HealthCheckRequest request) {
    ServingStatus[] told = {status(request)};
    call.write(answer(told[0]));
    long timer =
        vertx.setPeriodic(
            LOOK_MILLIS,
            id -> {
              ServingStatus now = status(request);
              if (now != told[0]) {
                told[0] = now;
                call.write(answer(now));
              }
            });
    call.cancellation().onCancel(() -> vertx.cancelTimer(timer));
  }

  private ServingStatus status(HealthCheckRequest request) {
    if (!NAMES.contains(request.getService())) {
      return ServingStatus.SERVICE_UNKNOWN;
    }
    return ready.getAsBoolean() ? ServingStatus.SERVING : ServingStatus.NOT_SERVING;
  }

  private static HealthCheckResponse answer(ServingStatus status) {
    return HealthCheckResponse.newBuilder().setStatus(status).build();
  }
}
