package dev.brink.management;

import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * Whether this node should be restarted (not live) or left alone for now (not ready), and why.
 * Checks are asked on an event loop at every look and must not block.
 */
public final class Health {

  private record Check(String name, boolean required, Supplier<HealthStatus> status) {}

  private final List<Check> live = new CopyOnWriteArrayList<>();
  private final List<Check> ready = new CopyOnWriteArrayList<>();

  /** Adds a check without which the node is not live. */
  public Health live(String name, Supplier<HealthStatus> status) {
    live.add(new Check(name, true, status));
    return this;
  }

  /** Adds a check without which the node is not ready. */
  public Health ready(String name, Supplier<HealthStatus> status) {
    ready.add(new Check(name, true, status));
    return this;
  }

  /** Adds a check that is shown with readiness and decides nothing, such as an uplink's. */
  public Health detail(String name, Supplier<HealthStatus> status) {
    ready.add(new Check(name, false, status));
    return this;
  }

  /** {@code {"up": true, "checks": {"models": {"up": true, ...}}}}. */
  JsonObject liveness() {
    return report(live);
  }

  JsonObject readiness() {
    return report(ready);
  }

  private static JsonObject report(List<Check> checks) {
    JsonObject states = new JsonObject();
    boolean up = true;
    for (Check check : checks) {
      HealthStatus status = ask(check);
      up &= status.up() || !check.required();
      states.put(
          check.name(),
          JsonObject.of("up", status.up(), "required", check.required()).mergeIn(status.details()));
    }
    return JsonObject.of("up", up, "checks", states);
  }

  private static HealthStatus ask(Check check) {
    try {
      return check.status().get();
    } catch (RuntimeException broken) {
      return HealthStatus.down("check failed: " + broken);
    }
  }
}
