package dev.brink.edge.uplink;

import dev.brink.cluster.BusClient;
import dev.brink.cluster.Peer;
import dev.brink.cluster.Peers;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/** The cloud nodes that answer on the event bus and accept work. */
final class ClusterTargets implements CloudTargets {

  private final Peers peers;

  ClusterTargets(Peers peers) {
    this.peers = peers;
  }

  @Override
  public List<CloudTarget> available() {
    return peers.reachable().stream()
        .filter(Peer::accepting)
        .<CloudTarget>map(peer -> new BusTarget(peer, peers.client()))
        .toList();
  }

  private record BusTarget(Peer peer, BusClient client) implements CloudTarget {

    @Override
    public String id() {
      return peer.node();
    }

    @Override
    public boolean holds(String model, String version) {
      return peer.holds(model, version);
    }

    @Override
    public Future<InferenceResponse> infer(InferenceRequest request, Duration timeout) {
      return client.infer(peer.node(), request, timeout);
    }
  }
}
