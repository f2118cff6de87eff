package dev.brink.edge.outbox;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How many jobs may be under way now. The window starts small, grows while jobs do not queue at the
 * cloud, and is halved when they do, when answers take twice as long as the fastest, and when the
 * cloud pushes back: whatever room live traffic leaves is used, and no more. Below one the window
 * is a share of the time: the site waits between jobs. So many sites share one cloud without
 * speaking to each other.
 */
final class DrainPace {

  private static final double SMALLEST = 1.0 / 256;
  private static final double FIRST = 1.0 / 32;
  private static final double SLOW = 2;
  private static final long TOLERATED_NANOS = Duration.ofMillis(2).toNanos();

  private final int concurrency;
  private final long startJitterNanos;
  private final RandomGenerator random;
  private double window = FIRST;
  private boolean doubling = true;
  private double baseNanos = Double.POSITIVE_INFINITY;
  private long pausedUntil;
  private long lastCut;

  DrainPace(int concurrency, Duration startJitter, RandomGenerator random, long nowNanos) {
    this.concurrency = concurrency;
    this.startJitterNanos = startJitter.toNanos();
    this.random = random;
    this.pausedUntil = nowNanos;
    this.lastCut = nowNanos;
  }

  /** The link is back: starts small, after a random part of the jitter. */
  void linkUp(long nowNanos) {
    window = FIRST;
    doubling = true;
    pausedUntil = nowNanos + (long) (random.nextDouble() * startJitterNanos);
  }

  /** How many more jobs may be sent beside {@code inFlight}. */
  int permits(int inFlight, long nowNanos) {
    return nowNanos - pausedUntil < 0 ? 0 : Math.max(0, Math.max(1, (int) window) - inFlight);
  }

  /**
   * An answer came.
   *
   * @param latencyNanos from sending the job to its answer
   * @param queueNanos of these, waiting at the cloud; 0 where the cloud does not say
   */
  void answered(long latencyNanos, long queueNanos, long nowNanos) {
    long working = latencyNanos - queueNanos;
    baseNanos = Math.min(baseNanos * 1.0005, working);
    boolean queued = queueNanos > working / 4 + TOLERATED_NANOS;
    if (queued || latencyNanos > SLOW * baseNanos + TOLERATED_NANOS) {
      cut(latencyNanos, nowNanos);
    } else {
      grow();
    }
    if (window < 1) {
      pause(latencyNanos * (1 / window - 1), nowNanos);
    }
  }

  /** The cloud refused a job, or did not answer it in time. */
  void pushedBack(Duration retryAfter, long nowNanos) {
    double base = Double.isInfinite(baseNanos) ? Duration.ofMillis(50).toNanos() : baseNanos;
    cut(0, nowNanos);
    pause(Math.max(retryAfter.toNanos(), base * (1 / window)), nowNanos);
  }

  double window() {
    return window;
  }

  private void grow() {
    double step = doubling ? window / 2 : Math.min(window * 0.05, 1 / window);
    window = Math.min(concurrency, window + step);
  }

  /** Once for each round trip: all that was sent together says the same. */
  private void cut(long latencyNanos, long nowNanos) {
    if (nowNanos - lastCut >= latencyNanos) {
      window = Math.max(SMALLEST, window / 2);
      lastCut = nowNanos;
    }
    doubling = false;
  }

  private void pause(double nanos, long nowNanos) {
    long until = nowNanos + (long) (nanos * (0.5 + random.nextDouble()));
    if (until - pausedUntil > 0) {
      pausedUntil = until;
    }
  }
}
