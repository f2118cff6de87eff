package dev.brink.node;

import dev.brink.config.GrpcSection;
import dev.brink.config.HttpSection;
import dev.brink.config.ManagementSection;
import dev.brink.config.ModelControl;
import dev.brink.config.TenantsSection;

/**
 * Where a node is to be reached.
 *
 * @param tenants how it is known for whom requests come
 * @param control whether callers may load and unload models
 */
public record Doors(
    HttpSection http,
    GrpcSection grpc,
    ManagementSection management,
    TenantsSection tenants,
    ModelControl control) {

  boolean modelControl() {
    return switch (control) {
      case OFF -> false;
      case LOOPBACK -> isLoopback(http.host()) && (!grpc.enabled() || isLoopback(grpc.host()));
      case ON -> true;
    };
  }

  /** By the letter, because names are not to be looked up here. */
  private static boolean isLoopback(String host) {
    return host.equals("localhost") || host.startsWith("127.") || host.equals("::1");
  }
}
