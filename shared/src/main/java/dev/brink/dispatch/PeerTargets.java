package dev.brink.dispatch;

import dev.brink.cluster.Peer;
import dev.brink.cluster.PeerListener;
import dev.brink.inference.LoadReport;
import dev.brink.routing.Target;
import dev.brink.routing.TargetPool;

/** Keeps a pool of the cloud nodes on the event bus. */
public final class PeerTargets implements PeerListener {

  private final TargetPool pool;

  public PeerTargets(TargetPool pool) {
    this.pool = pool;
  }

  @Override
  public void answered(Peer peer) {
    Target target = pool.add(peer.node());
    target.holds(peer.modelNames());
    target.report(peer.status().load());
    if (peer.status().accepting()) {
      target.pinged(peer.roundTripNanos());
    } else {
      target.unreachable();
    }
  }

  @Override
  public void silent(String node) {
    pool.target(node).ifPresent(Target::unreachable);
  }

  @Override
  public void left(String node) {
    pool.remove(node);
  }

  @Override
  public void reported(String node, LoadReport load) {
    pool.target(node).ifPresent(target -> target.report(load));
  }
}
