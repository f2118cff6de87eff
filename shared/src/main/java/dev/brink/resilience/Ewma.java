package dev.brink.resilience;

import java.time.Duration;

/** An average that forgets: a sample's weight halves with every half-life. Not thread-safe. */
public final class Ewma {

  private final double decayPerNano;
  private double weight;
  private double sum;
  private long lastNanos;

  public Ewma(Duration halfLife) {
    this.decayPerNano = Math.log(2) / Positive.nanos("half-life", halfLife);
  }

  public void add(double sample, long nowNanos) {
    decay(nowNanos);
    weight += 1;
    sum += sample;
  }

  /** The average; NaN where nothing was added. */
  public double mean() {
    return sum / weight;
  }

  /** How many samples' worth the average still knows. */
  public double weight(long nowNanos) {
    decay(nowNanos);
    return weight;
  }

  private void decay(long nowNanos) {
    if (weight > 0 && nowNanos > lastNanos) {
      double factor = Math.exp((lastNanos - nowNanos) * decayPerNano);
      weight *= factor;
      sum *= factor;
    }
    lastNanos = Math.max(nowNanos, weight > 0 ? lastNanos : nowNanos);
  }
}
