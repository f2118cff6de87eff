package dev.brink.edge.outbox;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How many jobs may be under way now. The window starts small, doubles while jobs do not queue at
 * the cloud, and is halved when they do, when answers take several times as long as the fastest,
 * and when the cloud pushes back; from then on it grows with time and not with answers, a small one
 * as fast as a large one, so that a site that got little catches up with one that got much. Below
 * one the window is a share of the time: the site waits between jobs. So many sites share one cloud
 * evenly without speaking to each other.
 */
final class DrainPace {

  private static final double SMALLEST = 1.0 / 256;
  private static final double FIRST = 1.0 / 32;
  private static final double SLOW = 3;

  /** Of every window alike; this is what makes sites equal. */
  private static final double GROWTH_A_SECOND = 0.02;

  /** And in proportion, so that one site alone is not slow to find what there is. */
  private static final double SHARE_A_SECOND = 0.04;

  private static final double LONGEST_GROWTH_SECONDS = 5;
  private static final long TOLERATED_QUEUE_NANOS = Duration.ofMillis(4).toNanos();

  /** Clocks and schedulers of busy machines are not to be taken for a full cloud. */
  private static final long TOLERATED_NANOS = Duration.ofMillis(100).toNanos();

  /** However little room there is, a site asks now and then whether there is more. */
  private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(30).toNanos();

  /** While nothing is known to be full; a slow model would be sent nothing for long otherwise. */
  private static final long LONGEST_PROBING_PAUSE_NANOS = Duration.ofMillis(500).toNanos();

  private static final double UNKNOWN_NANOS = Duration.ofMillis(50).toNanos();

  private final int concurrency;
  private final long startJitterNanos;
  private final RandomGenerator random;
  private double window = FIRST;
  private boolean doubling = true;
  private double baseNanos = Double.POSITIVE_INFINITY;
  private long pausedUntil;
  private long lastCut;
  private long lastAnswer;

  DrainPace(int concurrency, Duration startJitter, RandomGenerator random, long nowNanos) {
    this.concurrency = concurrency;
    this.startJitterNanos = startJitter.toNanos();
    this.random = random;
    this.pausedUntil = nowNanos;
    this.lastCut = nowNanos;
    this.lastAnswer = nowNanos;
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
    long working = Math.max(1, latencyNanos - queueNanos);
    baseNanos = Math.min(baseNanos * 1.0005, working);
    boolean queued = queueNanos > working / 4 + TOLERATED_QUEUE_NANOS;
    if (queued || latencyNanos > SLOW * baseNanos + TOLERATED_NANOS) {
      cut(latencyNanos, nowNanos);
    } else {
      grow((nowNanos - lastAnswer) / 1e9);
    }
    lastAnswer = nowNanos;
    if (window < 1) {
      // One answer that took long says little about the next.
      double wait = Math.min(latencyNanos, 2 * baseNanos) * (1 / window - 1);
      pause(Math.min(wait, doubling ? LONGEST_PROBING_PAUSE_NANOS : LONGEST_PAUSE_NANOS), nowNanos);
    }
  }

  /** The cloud refused a job, or did not answer it in time. */
  void pushedBack(Duration retryAfter, long nowNanos) {
    double base = Double.isInfinite(baseNanos) ? UNKNOWN_NANOS : baseNanos;
    cut((long) base, nowNanos);
    double wait = window < 1 ? Math.min(base / window, LONGEST_PAUSE_NANOS) : 0;
    pause(Math.max(retryAfter.toNanos(), wait), nowNanos);
  }

  double window() {
    return window;
  }

  private void grow(double seconds) {
    double step =
        doubling
            ? Math.min(window, 1)
            : (GROWTH_A_SECOND + SHARE_A_SECOND * window)
                * Math.min(seconds, LONGEST_GROWTH_SECONDS);
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
