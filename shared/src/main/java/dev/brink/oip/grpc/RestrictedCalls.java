package dev.brink.oip.grpc;

import dev.brink.oip.rules.ApiGroup;
import dev.brink.oip.rules.Restrictions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Optional;

/** Refuses calls that want a secret which the caller does not give. */
final class RestrictedCalls {

  private static final String PREFIX = "triton-grpc-protocol-";

  private final Restrictions restrictions;

  RestrictedCalls(Restrictions restrictions) {
    this.restrictions = restrictions;
  }

  /** Whether {@code request} may go on; one that may not has been answered. */
  boolean admit(HttpServerRequest request) {
    Optional<String> missing =
        group(request.path())
            .flatMap(group -> restrictions.missing(group, key -> request.getHeader(PREFIX + key)));
    missing.ifPresent(key -> refuse(request, PREFIX + key));
    return missing.isEmpty();
  }

  private static void refuse(HttpServerRequest request, String header) {
    request
        .response()
        .putHeader("content-type", "application/grpc")
        .putHeader("grpc-status", Integer.toString(GrpcStatus.UNAVAILABLE.code))
        .putHeader(
            "grpc-message",
            GrpcErrors.escaped("This protocol is restricted, expecting header '" + header + "'"))
        .end();
  }

  /** Empty for what is not restricted, such as reflection. */
  private static Optional<ApiGroup> group(String path) {
    String method = path.substring(path.lastIndexOf('/') + 1);
    return switch (method) {
      case "ServerLive", "ServerReady", "ModelReady", "Check", "Watch" ->
          Optional.of(ApiGroup.HEALTH);
      case "ServerMetadata", "ModelMetadata" -> Optional.of(ApiGroup.METADATA);
      case "ModelInfer", "ModelStreamInfer" -> Optional.of(ApiGroup.INFERENCE);
      case "ModelConfig" -> Optional.of(ApiGroup.MODEL_CONFIG);
      case "ModelStatistics" -> Optional.of(ApiGroup.STATISTICS);
      case "RepositoryIndex", "RepositoryModelLoad", "RepositoryModelUnload" ->
          Optional.of(ApiGroup.MODEL_REPOSITORY);
      case "TraceSetting" -> Optional.of(ApiGroup.TRACE);
      case "LogSettings" -> Optional.of(ApiGroup.LOGGING);
      default ->
          method.contains("SharedMemory") ? Optional.of(ApiGroup.SHARED_MEMORY) : Optional.empty();
    };
  }
}
