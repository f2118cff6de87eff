package dev.brink.edge.bench;

import java.util.Arrays;

/** Durations, and what share of them stays below what. */
final class Latencies {

  private long[] nanos = new long[1 << 12];
  private int count;

  void add(long duration) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = duration;
  }

  int count() {
    return count;
  }

  long countWithin(double millis) {
    return Arrays.stream(nanos, 0, count).filter(duration -> duration <= millis * 1e6).count();
  }

  /** Milliseconds within which the share {@code quantile} of them stays. */
  double millis(double quantile) {
    if (count == 0) {
      return Double.NaN;
    }
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return sorted[(int) Math.min(count - 1, Math.ceil(quantile * count))] / 1e6;
  }
}
