package dev.brink.oip.http;

import dev.brink.oip.rules.ApiGroup;
import java.util.List;

/** Which part of the protocol a path belongs to. */
final class ApiPaths {

  private ApiPaths() {}

  /**
   * @param segments of the path, the first of them {@code v2}
   */
  static ApiGroup group(List<String> segments) {
    return switch (segments.size() < 2 ? "" : segments.get(1)) {
      case "health" -> ApiGroup.HEALTH;
      case "repository" -> ApiGroup.MODEL_REPOSITORY;
      case "logging" -> ApiGroup.LOGGING;
      case "trace" -> ApiGroup.TRACE;
      case "systemsharedmemory", "cudasharedmemory" -> ApiGroup.SHARED_MEMORY;
      case "models" -> ofModel(segments.subList(2, segments.size()));
      default -> ApiGroup.METADATA;
    };
  }

  private static ApiGroup ofModel(List<String> behind) {
    if (behind.equals(List.of("stats"))) {
      return ApiGroup.STATISTICS;
    }
    ModelPath path = behind.isEmpty() ? null : ModelPath.of(behind);
    return switch (path == null ? "" : path.action()) {
      case "ready" -> ApiGroup.HEALTH;
      case "infer", "generate", "generate_stream" -> ApiGroup.INFERENCE;
      case "config" -> ApiGroup.MODEL_CONFIG;
      case "stats" -> ApiGroup.STATISTICS;
      case "trace/setting" -> ApiGroup.TRACE;
      default -> ApiGroup.METADATA;
    };
  }
}
