package dev.brink.cluster;

import java.util.Set;
import java.util.stream.Collectors;

/**
 * A cloud node that answered a ping.
 *
 * @param roundTripNanos of that ping
 */
public record Peer(String node, NodeStatus status, long roundTripNanos) {

  /** Names of the models it holds in any version. */
  public Set<String> modelNames() {
    return status.models().stream().map(HeldModel::name).collect(Collectors.toSet());
  }
}
