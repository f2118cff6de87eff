package dev.brink.edge.sim;

import java.util.SplittableRandom;

/** Requests that know nothing of one another, as often and as hard as the scenario says. */
final class DrawnArrivals implements Arrivals {

  private static final long[] DEADLINES_MILLIS = {100, 300};

  private final Scenario scenario;
  private final Traces traces;
  private final SplittableRandom random;

  DrawnArrivals(Scenario scenario, Traces traces, long seed) {
    this.scenario = scenario;
    this.traces = traces;
    this.random = new SplittableRandom(seed);
  }

  @Override
  public long gapNanos(double second) {
    return (long) (-Math.log(1 - random.nextDouble()) / scenario.rate(second) * 1e9);
  }

  @Override
  public Arrival next(double second) {
    Trace trace = traces.draw(scenario.outOfScope(second), random);
    return new Arrival(
        trace, DEADLINES_MILLIS[random.nextInt(DEADLINES_MILLIS.length)] * 1_000_000L);
  }
}
