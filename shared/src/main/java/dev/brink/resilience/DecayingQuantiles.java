package dev.brink.resilience;

import java.time.Duration;

/**
 * Quantiles of what was seen lately: a histogram in buckets of 9 % width from 8 µs to two minutes,
 * whose counts halve with every half-life. Not thread-safe.
 */
public final class DecayingQuantiles {

  private static final int BUCKETS_PER_OCTAVE = 8;
  private static final int FIRST_OCTAVE = 13;
  private static final int OCTAVES = 24;

  private final double[] counts = new double[OCTAVES * BUCKETS_PER_OCTAVE];
  private final double halfLifeNanos;
  private double total;
  private long lastNanos;

  public DecayingQuantiles(Duration halfLife) {
    this.halfLifeNanos = Positive.nanos("half-life", halfLife);
  }

  public void add(long sampleNanos, long nowNanos) {
    decay(nowNanos);
    counts[bucketOf(sampleNanos)] += 1;
    total += 1;
  }

  /** How many samples' worth is known, as of the last sample. */
  public double weight() {
    return total;
  }

  /** The value below which {@code share} of the samples lie, in nanoseconds; 0 without samples. */
  public long quantile(double share) {
    double wanted = total * share;
    double seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= wanted && seen > 0) {
        return upperBound(i);
      }
    }
    return 0;
  }

  private void decay(long nowNanos) {
    long elapsed = nowNanos - lastNanos;
    if (total == 0) {
      lastNanos = nowNanos;
    } else if (elapsed * 16 > halfLifeNanos) {
      double factor = Math.exp(-Math.log(2) * elapsed / halfLifeNanos);
      total = 0;
      for (int i = 0; i < counts.length; i++) {
        counts[i] *= factor;
        total += counts[i];
      }
      lastNanos = nowNanos;
    }
  }

  private static int bucketOf(long nanos) {
    long value = Math.max(nanos, 1L << FIRST_OCTAVE);
    int octave = 63 - Long.numberOfLeadingZeros(value);
    int within = (int) (value >>> (octave - 3)) & (BUCKETS_PER_OCTAVE - 1);
    int bucket = (octave - FIRST_OCTAVE) * BUCKETS_PER_OCTAVE + within;
    return Math.min(bucket, OCTAVES * BUCKETS_PER_OCTAVE - 1);
  }

  private static long upperBound(int bucket) {
    int octave = FIRST_OCTAVE + bucket / BUCKETS_PER_OCTAVE;
    return (BUCKETS_PER_OCTAVE + bucket % BUCKETS_PER_OCTAVE + 1L) << (octave - 3);
  }
}
