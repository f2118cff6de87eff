package dev.brink.edge.bench;

import java.util.Arrays;
import java.util.function.DoubleSupplier;

/** What happened within a window of time: answers, their latencies, the server's CPU time. */
final class LoadWindow {

  private final long fromNanos;
  private final long toNanos;
  private final DoubleSupplier cpuSeconds;
  private long[] latencies = new long[1 << 12];
  private int answered;
  private int refused;
  private int failed;
  private long slowestRefusal;
  private double cpuAtStart = Double.NaN;
  private double cpu;

  LoadWindow(long fromNanos, long toNanos, DoubleSupplier cpuSeconds) {
    this.fromNanos = fromNanos;
    this.toNanos = toNanos;
    this.cpuSeconds = cpuSeconds;
  }

  /** Called often; looks at the clock of the server's CPU at the right moments. */
  boolean isOver(long nowNanos) {
    if (Double.isNaN(cpuAtStart) && nowNanos >= fromNanos) {
      cpuAtStart = cpuSeconds.getAsDouble();
    }
    if (nowNanos < toNanos) {
      return false;
    }
    cpu = cpuSeconds.getAsDouble() - cpuAtStart;
    return true;
  }

  void answered(int status, long begunNanos, long nowNanos) {
    if (nowNanos < fromNanos || nowNanos > toNanos) {
      return;
    }
    if (status == 429 || status == 503 || status == 504) {
      refused++;
      slowestRefusal = Math.max(slowestRefusal, nowNanos - begunNanos);
    } else if (status != 200) {
      failed++;
    } else {
      if (answered == latencies.length) {
        latencies = Arrays.copyOf(latencies, 2 * answered);
      }
      latencies[answered++] = nowNanos - begunNanos;
    }
  }

  int count() {
    return answered;
  }

  int refused() {
    return refused;
  }

  int failed() {
    return failed;
  }

  double perSecond() {
    return answered / ((toNanos - fromNanos) / 1e9);
  }

  double cpuMicros() {
    return cpu * 1e6 / Math.max(1, answered);
  }

  double slowestRefusalMillis() {
    return slowestRefusal / 1e6;
  }

  /** Milliseconds within which the share {@code quantile} of the answers came. */
  double millis(double quantile) {
    if (answered == 0) {
      return Double.NaN;
    }
    long[] sorted = Arrays.copyOf(latencies, answered);
    Arrays.sort(sorted);
    return sorted[(int) Math.min(answered - 1, Math.ceil(quantile * answered))] / 1e6;
  }
}
