package dev.brink.management;

import io.vertx.core.json.JsonObject;

/**
 * What a health check found.
 *
 * @param details for people; may be empty
 */
public record HealthStatus(boolean up, JsonObject details) {

  public static HealthStatus healthy() {
    return new HealthStatus(true, new JsonObject());
  }

  public static HealthStatus down(String reason) {
    return new HealthStatus(false, JsonObject.of("reason", reason));
  }

  public static HealthStatus of(boolean up, JsonObject details) {
    return new HealthStatus(up, details);
  }
}
