package dev.brink.resilience;

import java.time.Duration;

/**
 * A latency estimate that believes bad news at once and good news slowly: a sample above it
 * replaces it, one below pulls it down, and without samples it fades, so that a peer that was slow
 * once is tried again. Not thread-safe.
 */
public final class PeakEwma {

  private final double tauNanos;
  private double value = Double.NaN;
  private long lastNanos;

  /**
   * @param tau after which 63 % of a peak is forgotten
   */
  public PeakEwma(Duration tau) {
    this.tauNanos = Positive.nanos("tau", tau);
  }

  public void add(double sample, long nowNanos) {
    if (!(value > sample)) {
      value = sample;
    } else {
      double keep = keep(nowNanos);
      value = value * keep + sample * (1 - keep);
    }
    lastNanos = nowNanos;
  }

  /** The estimate as of {@code nowNanos}; NaN before the first sample. */
  public double value(long nowNanos) {
    return value * keep(nowNanos);
  }

  private double keep(long nowNanos) {
    return Math.exp(-Math.max(0, nowNanos - lastNanos) / tauNanos);
  }
}
