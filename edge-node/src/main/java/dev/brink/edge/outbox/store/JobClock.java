package dev.brink.edge.outbox.store;

import dev.brink.resilience.Ticker;
import java.time.Duration;
import java.time.InstantSource;

/**
 * The time by which jobs expire: the wall clock as it was at the start, carried on by the monotonic
 * one. Where the wall clock is set, forward or back, this clock follows only together with every
 * time limit in the file, so that a job keeps the time it had. Belongs to the writing thread.
 */
final class JobClock {

  /** Clocks drift and are slewed; a difference as small as this is none. */
  private static final long TOLERATED_MILLIS = 2_000;

  private final InstantSource wall;
  private final Ticker ticker;
  private final long originNanos;
  private long originMillis;
  private long savedOriginMillis;

  JobClock(InstantSource wall, Ticker ticker) {
    this.wall = wall;
    this.ticker = ticker;
    this.originNanos = ticker.nanos();
    this.originMillis = wall.millis();
  }

  /** Milliseconds since the epoch. */
  long millis() {
    return originMillis + elapsedMillis();
  }

  /** Milliseconds of the monotonic clock since this object was made, 1 and more. */
  long sinceStart() {
    return elapsedMillis() + 1;
  }

  private long elapsedMillis() {
    return (ticker.nanos() - originNanos) / 1_000_000;
  }

  /** By how much the wall clock was set since the last {@link #follow}; zero for not at all. */
  Duration step() {
    long difference = wall.millis() - millis();
    return Duration.ofMillis(Math.abs(difference) > TOLERATED_MILLIS ? difference : 0);
  }

  void follow(Duration step) {
    originMillis += step.toMillis();
  }

  void save() {
    savedOriginMillis = originMillis;
  }

  void restore() {
    originMillis = savedOriginMillis;
  }
}
