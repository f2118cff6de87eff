package dev.brink.edge.sim;

/** Which requests come, and when; the same ones for every policy. */
interface Arrivals {

  /**
   * A request that comes now.
   *
   * @param leftNanos to its deadline
   */
  record Arrival(Trace trace, long leftNanos) {}

  /** Nanoseconds until the next one; negative when none comes any more. */
  long gapNanos(double second);

  /** The one that comes now, {@link #gapNanos} after the last. */
  Arrival next(double second);
}
