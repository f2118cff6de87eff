package dev.brink.edge.sim;

import dev.brink.inference.LoadReport;
import dev.brink.resilience.TokenBucket;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;

/** The site, its uplink and its cloud in one scenario, for one policy. */
final class World {

  /** So long before the deadline the edge's held answer goes out. */
  static final long HOLD_MARGIN_NANOS = 2_000_000L;

  private static final double BURST_SECONDS = 5;
  private static final double MEMBERSHIP_DELAY = 1;

  private final Scenario scenario;
  private final VirtualTime time = new VirtualTime();
  private final Arrivals arrivals;
  private final SplittableRandom random;
  private final Network network;
  private final List<CloudNode> nodes = new ArrayList<>();
  private final ServiceTimes edgeService = ServiceTimes.edge();
  private final Tally tally;
  private long edgeBusyUntil;

  /** What comes back from a call. */
  interface Reply {
    void answered(long cloudNanos, LoadReport report);

    void refused(LoadReport report);
  }

  /**
   * @param cloud how long a run takes on each of the cloud's nodes
   */
  World(Scenario scenario, Arrivals arrivals, ServiceTimes cloud, long seed) {
    this.scenario = scenario;
    this.arrivals = arrivals;
    this.random = new SplittableRandom(seed + 1);
    this.network = new Network(scenario, time, random);
    this.tally = new Tally(time, scenario.seconds());
    for (int i = 0; i < Scenario.NODES; i++) {
      nodes.add(new CloudNode(i, scenario, cloud, time, random));
    }
  }

  VirtualTime time() {
    return time;
  }

  Scenario scenario() {
    return scenario;
  }

  SplittableRandom random() {
    return random;
  }

  Network network() {
    return network;
  }

  List<CloudNode> nodes() {
    return nodes;
  }

  Tally tally() {
    return tally;
  }

  /** Runs the scenario to its end, and then for as long as answers may still come. */
  Tally run(Policy policy) {
    planNext(policy);
    time.runUntil(scenario.seconds() + 1);
    return tally;
  }

  /** Nodes that membership shows: what is gone is seen a second later. */
  List<CloudNode> members() {
    double second = time.seconds();
    return nodes.stream()
        .filter(
            node ->
                !scenario.isGone(node.index(), second)
                    || !scenario.isGone(node.index(), second - MEMBERSHIP_DELAY))
        .toList();
  }

  TokenBucket budget() {
    double rate = scenario.budget();
    return rate > 0
        ? new TokenBucket(rate, rate * BURST_SECONDS, time)
        : new TokenBucket(1e9, 1e9, time);
  }

  long edgeWaitNanos() {
    return Math.max(0, edgeBusyUntil - time.nanos());
  }

  long edgeServiceNanos() {
    return edgeService.typical(1);
  }

  /** Runs the edge model; {@code done} is told how long it took in all. */
  void runEdge(LongConsumer done) {
    long asked = time.nanos();
    edgeBusyUntil = Math.max(asked, edgeBusyUntil) + edgeService.draw(1, random);
    time.at(edgeBusyUntil, () -> done.accept(time.nanos() - asked));
  }

  void call(CloudNode node, BooleanSupplier wanted, Reply reply) {
    call(node, network.delay(), network.delay(), wanted, reply);
  }

  void call(CloudNode node, long there, long back, BooleanSupplier wanted, Reply reply) {
    tally.called();
    if (scenario.slowdown(0, time.seconds()) > 1) {
      tally.calledMeanwhile(scenario.slowdown(node.index(), time.seconds()) > 1);
    }
    network.send(
        there,
        () ->
            node.arrives(
                new CloudNode.Work() {
                  @Override
                  public boolean isWanted() {
                    return wanted.getAsBoolean();
                  }

                  @Override
                  public void done(long nanos) {
                    LoadReport report = node.report();
                    network.send(back, () -> reply.answered(nanos, report));
                  }

                  @Override
                  public void refused() {
                    LoadReport report = node.report();
                    network.send(back, () -> reply.refused(report));
                  }
                }));
  }

  private void planNext(Policy policy) {
    long gap = arrivals.gapNanos(time.seconds());
    if (gap >= 0) {
      time.after(gap, () -> arrive(policy));
    }
  }

  private void arrive(Policy policy) {
    if (time.seconds() >= scenario.seconds()) {
      return;
    }
    Arrivals.Arrival arrival = arrivals.next(time.seconds());
    tally.asked();
    policy.asked(new Ask(arrival.trace(), time.nanos(), time.nanos() + arrival.leftNanos(), tally));
    planNext(policy);
  }
}
