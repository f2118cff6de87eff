package dev.brink.edge.uplink;

import dev.brink.cluster.ClusterLink;
import dev.brink.cluster.ClusterSettings;
import dev.brink.cluster.Peer;
import dev.brink.cluster.PeerListener;
import dev.brink.cluster.Peers;
import dev.brink.dispatch.PeerTargets;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.LoadReport;
import dev.brink.resilience.Ticker;
import dev.brink.routing.TargetPool;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/** Over the cluster's event bus: for sites that the cloud can open a connection to. */
final class ClusterConnection implements Connection, PeerListener {

  private final PeerTargets targets;
  private final LinkWatch watch;
  private final Peers peers;
  private final ClusterLink link;

  ClusterConnection(ClusterSettings settings, TargetPool pool, LinkWatch watch, Ticker ticker) {
    this.targets = new PeerTargets(pool);
    this.watch = watch;
    this.peers = new Peers(settings.nodeId(), ticker, this);
    this.link = new ClusterLink(settings, List.of(peers));
  }

  @Override
  public void start() {
    link.start();
  }

  @Override
  public Future<InferenceResponse> infer(
      String target, InferenceRequest request, Duration timeout) {
    return peers.client().infer(target, request, timeout);
  }

  @Override
  public String obstacle() {
    return peers.isUnroutable() ? "unroutable" : "";
  }

  @Override
  public Future<Void> close() {
    return link.close();
  }

  @Override
  public void answered(Peer peer) {
    targets.answered(peer);
    watch.answered();
  }

  @Override
  public void silent(String node) {
    targets.silent(node);
    watch.unanswered();
  }

  @Override
  public void left(String node) {
    targets.left(node);
    watch.left();
  }

  @Override
  public void reported(String node, LoadReport load) {
    targets.reported(node, load);
  }
}
