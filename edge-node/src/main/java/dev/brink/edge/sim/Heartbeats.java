package dev.brink.edge.sim;

import dev.brink.inference.LoadReport;
import dev.brink.routing.LinkMonitor;
import dev.brink.routing.Target;
import dev.brink.routing.TargetPool;

/** Probes every node four times a second; a reply carries its load. */
final class Heartbeats {

  private static final long EVERY_NANOS = 250_000_000L;
  private static final long TIMEOUT_NANOS = 500_000_000L;
  private static final int LOST_IN_A_ROW = 2;

  private final World world;
  private final TargetPool pool;
  private final LinkMonitor link;
  private final int[] lost = new int[Scenario.NODES];

  Heartbeats(World world, TargetPool pool, LinkMonitor link) {
    this.world = world;
    this.pool = pool;
    this.link = link;
  }

  void start() {
    for (CloudNode node : world.nodes()) {
      pool.add(name(node));
      probe(node);
    }
  }

  static String name(CloudNode node) {
    return "cloud-" + node.index();
  }

  private void probe(CloudNode node) {
    Target target = pool.target(name(node)).orElseThrow();
    long sent = world.time().nanos();
    boolean[] back = new boolean[1];
    world
        .network()
        .send(
            () -> {
              if (!node.isGone()) {
                LoadReport report = node.report();
                world.network().send(() -> returned(node, target, sent, report, back));
              }
            });
    world.time().after(TIMEOUT_NANOS, () -> missed(node, target, back));
    world.time().after(EVERY_NANOS, () -> probe(node));
  }

  private void returned(
      CloudNode node, Target target, long sent, LoadReport report, boolean[] back) {
    back[0] = true;
    lost[node.index()] = 0;
    target.pinged(world.time().nanos() - sent);
    target.report(report);
    link.succeeded();
  }

  private void missed(CloudNode node, Target target, boolean[] back) {
    if (!back[0]) {
      link.failed();
      if (++lost[node.index()] >= LOST_IN_A_ROW) {
        target.unreachable();
      }
    }
  }
}
