package dev.brink.cluster;

import dev.brink.inference.LoadReport;
import java.util.Set;

/**
 * A cloud node that answered a ping a moment ago.
 *
 * @param roundTripNanos of the last ping
 * @param reportedNanos when {@code load} was said, by this node's clock
 */
public record Peer(
    String node,
    boolean accepting,
    Set<HeldModel> models,
    LoadReport load,
    long roundTripNanos,
    long reportedNanos) {

  public boolean holds(String model, String version) {
    return models.stream()
        .anyMatch(
            held ->
                held.name().equals(model) && (version.isEmpty() || held.version().equals(version)));
  }

  Peer withLoad(LoadReport other, long nowNanos) {
    return new Peer(node, accepting, models, other, roundTripNanos, nowNanos);
  }
}
