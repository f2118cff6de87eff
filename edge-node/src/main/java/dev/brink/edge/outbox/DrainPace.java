package dev.brink.edge.outbox;

import dev.brink.edge.outbox.QueueGauge.Sign;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * How many jobs may be under way now. The window starts small and doubles with every answer until
 * one finds the cloud full. From then on it grows by a share with every answer that did not wait,
 * and a little with time, a small one as fast as a large one, so that sites become equal; it is
 * halved, at most once a round trip, when several answers in a row have waited and when the cloud
 * refuses. What waiting is, each model's own answers of late say: no length of time is long or
 * short by itself. Below one the window is a share of the time: the site waits between jobs. So
 * many sites share one cloud evenly without speaking to each other.
 */
final class DrainPace {

  private static final double SMALLEST = 1.0 / 256;
  private static final double FIRST = 1.0 / 32;

  /** Of the window, with every answer: a site alone finds quickly what there is. */
  private static final double GROWTH_AN_ANSWER = 0.05;

  /** Of every window alike; this is what makes sites equal. */
  private static final double GROWTH_A_SECOND = 0.02;

  private static final double LONGEST_GROWTH_SECONDS = 5;

  /** So many that waited one after the other are a queue, and no accident. */
  private static final int QUEUE_OF_ANSWERS = 3;

  /** However little room there is, a site asks now and then whether there is more. */
  private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(30).toNanos();

  /** While nothing is known to be full; a slow model would be sent nothing for long otherwise. */
  private static final long LONGEST_PROBING_PAUSE_NANOS = Duration.ofMillis(500).toNanos();

  private static final double UNKNOWN_NANOS = Duration.ofMillis(50).toNanos();
  private static final int MOST_MODELS = 256;

  private final int concurrency;
  private final long startJitterNanos;
  private final RandomGenerator random;
  private final Map<String, QueueGauge> gauges =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, QueueGauge> eldest) {
          return size() > MOST_MODELS;
        }
      };
  private double window = FIRST;
  private boolean doubling = true;
  private int waitedInARow;
  private double typicalNanos = UNKNOWN_NANOS;
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
    waitedInARow = 0;
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
  void answered(String model, long latencyNanos, long queueNanos, long nowNanos) {
    QueueGauge gauge = gauges.computeIfAbsent(model, first -> new QueueGauge());
    Sign sign = gauge.add(latencyNanos, queueNanos);
    typicalNanos = gauge.typicalNanos();
    judge(sign, nowNanos - latencyNanos, nowNanos);
    lastAnswer = nowNanos;
    if (window < 1) {
      // One answer that took long says little about the next.
      double wait = Math.min(latencyNanos, 2 * typicalNanos) * (1 / window - 1);
      pause(Math.min(wait, doubling ? LONGEST_PROBING_PAUSE_NANOS : LONGEST_PAUSE_NANOS), nowNanos);
    }
  }

  /** The cloud refused a job, or did not do it in its time. */
  void pushedBack(Duration retryAfter, long nowNanos) {
    if (nowNanos - lastCut >= typicalNanos) {
      cut(nowNanos);
    }
    doubling = false;
    double wait = window < 1 ? Math.min(typicalNanos / window, LONGEST_PAUSE_NANOS) : 0;
    pause(Math.max(retryAfter.toNanos(), wait), nowNanos);
  }

  double window() {
    return window;
  }

  /** What was sent before the last cut has nothing new to say. */
  private void judge(Sign sign, long sentNanos, long nowNanos) {
    boolean news = doubling || sentNanos - lastCut >= 0;
    waitedInARow = sign == Sign.CLEAR ? 0 : waitedInARow + (news ? 1 : 0);
    if (waitedInARow >= QUEUE_OF_ANSWERS || doubling && sign == Sign.FULL) {
      cut(nowNanos);
      doubling = false;
    } else if (news && sign != Sign.FULL) {
      window = Math.min(concurrency, window + growth(sign, (nowNanos - lastAnswer) / 1e9));
    }
  }

  private double growth(Sign sign, double seconds) {
    double fair = GROWTH_A_SECOND * Math.min(seconds, LONGEST_GROWTH_SECONDS);
    if (sign == Sign.QUEUED) {
      return fair;
    }
    double whole = Math.min(window, 1);
    return doubling ? whole : GROWTH_AN_ANSWER * whole + fair;
  }

  private void cut(long nowNanos) {
    window = Math.max(SMALLEST, window / 2);
    lastCut = nowNanos;
    waitedInARow = 0;
  }

  private void pause(double nanos, long nowNanos) {
    long until = nowNanos + (long) (nanos * (0.5 + random.nextDouble()));
    if (until - pausedUntil > 0) {
      pausedUntil = until;
    }
  }
}
