package dev.brink.edge;

import dev.brink.edge.uplink.Uplink;
import dev.brink.management.ConsoleSection;
import dev.brink.management.HealthStatus;
import dev.brink.resilience.CircuitBreaker;
import dev.brink.routing.LinkState;
import dev.brink.routing.Target;
import dev.brink.routing.TargetPool;
import dev.brink.telemetry.LabelledValue;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;

/** The way to the cloud as health and the console show it. */
final class UplinkView {

  private final Uplink uplink;
  private final TargetPool targets;

  UplinkView(Uplink uplink, TargetPool targets) {
    this.uplink = uplink;
    this.targets = targets;
  }

  /** Up while the cloud answers; an edge is ready without. */
  HealthStatus health() {
    JsonArray names = new JsonArray(targets.targets().stream().map(Target::name).toList());
    return HealthStatus.of(uplink.state() == LinkState.ONLINE, link().put("cloud nodes", names));
  }

  ConsoleSection section() {
    return new ConsoleSection("Uplink", this::shown);
  }

  private JsonObject shown() {
    return link()
        .put(
            "cloud nodes", new JsonArray(targets.targets().stream().map(UplinkView::row).toList()));
  }

  private JsonObject link() {
    JsonObject state = JsonObject.of("state", uplink.state().wireName());
    return uplink.obstacle().isEmpty() ? state : state.put("obstacle", uplink.obstacle());
  }

  private static JsonObject row(Target target) {
    return JsonObject.of(
        "node",
        target.name(),
        "breaker",
        word(target.breakerState()),
        "in flight",
        target.inFlight());
  }

  private static String word(CircuitBreaker.State breaker) {
    return switch (breaker) {
      case CircuitBreaker.State.Closed closed -> "closed";
      case CircuitBreaker.State.Open open -> "open";
      case CircuitBreaker.State.HalfOpen halfOpen -> "half-open";
    };
  }

  /** Lines of {@code brink_link_state}: 1 for the state the uplink is in. */
  List<LabelledValue> states() {
    return List.of(new LabelledValue(Map.of("state", uplink.state().wireName()), 1));
  }
}
