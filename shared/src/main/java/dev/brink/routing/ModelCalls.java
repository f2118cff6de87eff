package dev.brink.routing;

import dev.brink.resilience.DecayingQuantiles;
import java.time.Duration;

/**
 * What is known of one model's calls to a target: how much longer each call under way makes the
 * next one take, and whether the target has room for more of them. Its other models may be far
 * slower, or full. Without samples the estimate fades: what is not asked because it was slow must
 * be asked again some day. Thread-safe; reading takes no lock.
 */
final class ModelCalls {

  private final double fadeNanos;
  private final DecayingQuantiles steps;

  private volatile boolean measured;
  private volatile long typicalStepNanos;
  private volatile long highStepNanos;
  private volatile long lastNanos;
  private volatile long refusedUntil = Long.MIN_VALUE;

  ModelCalls(Duration memory) {
    this.fadeNanos = 3.0 * memory.toNanos();
    this.steps = new DecayingQuantiles(memory);
  }

  /**
   * @param nanos a call took, the round trip itself not counted
   * @param place among the calls that were under way when it started, 1 being alone
   */
  synchronized void add(long nanos, int place, long nowNanos) {
    steps.add(Math.max(0, nanos) / place, nowNanos);
    typicalStepNanos = steps.quantile(0.5);
    highStepNanos = steps.quantile(0.95);
    lastNanos = nowNanos;
    measured = true;
  }

  /** A call that was given up after {@code nanos}: it says something only if that is long. */
  synchronized void addAtLeast(long nanos, int place, long nowNanos) {
    if (nanos / place > typicalStepNanos) {
      add(nanos, place, nowNanos);
    }
  }

  boolean isMeasured() {
    return measured;
  }

  /** What a call takes that starts as the {@code place}-th under way. */
  long expectedNanos(int place, long nowNanos) {
    return (long) (typicalStepNanos * place * fade(nowNanos));
  }

  /** What 95 % of such calls stay below. */
  long highNanos(int place, long nowNanos) {
    return (long) (highStepNanos * place * fade(nowNanos));
  }

  private double fade(long nowNanos) {
    long idle = nowNanos - lastNanos;
    return idle < fadeNanos / 16 ? 1 : Math.exp(-idle / fadeNanos);
  }

  /** The target has no room for more of them. */
  void refused(long untilNanos) {
    refusedUntil = untilNanos;
  }

  boolean isRefused(long nowNanos) {
    return nowNanos < refusedUntil;
  }
}
