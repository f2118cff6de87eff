package dev.brink.edge.bench;

import java.util.function.DoubleSupplier;

/** What happened within a window of time: answers, their latencies, what the server spent. */
final class LoadWindow {

  private final long fromNanos;
  private final long toNanos;
  private final DoubleSupplier meter;
  private final Latencies answers = new Latencies();
  private final Latencies refusals = new Latencies();
  private int expired;
  private int failed;
  private int unsent;
  private double atStart = Double.NaN;
  private double spent;

  /**
   * @param meter of what the server spends, such as its CPU time in seconds
   */
  LoadWindow(long fromNanos, long toNanos, DoubleSupplier meter) {
    this.fromNanos = fromNanos;
    this.toNanos = toNanos;
    this.meter = meter;
  }

  /** Called often; looks at the server's meter at the right moments. */
  boolean isOver(long nowNanos) {
    if (Double.isNaN(atStart) && nowNanos >= fromNanos) {
      atStart = meter.getAsDouble();
    }
    if (nowNanos < toNanos) {
      return false;
    }
    spent = meter.getAsDouble() - atStart;
    return true;
  }

  void answered(int status, long begunNanos, long nowNanos) {
    if (nowNanos < fromNanos || nowNanos > toNanos) {
      return;
    }
    switch (status) {
      case 200 -> answers.add(nowNanos - begunNanos);
      case 429, 503 -> refusals.add(nowNanos - begunNanos);
      case 504 -> expired++;
      default -> failed++;
    }
  }

  /** One that was due at {@code dueNanos} could not be sent in time. */
  void gaveUp(long dueNanos) {
    if (dueNanos >= fromNanos && dueNanos <= toNanos) {
      unsent++;
    }
  }

  /** Those for which there was no connection in time. */
  int unsent() {
    return unsent;
  }

  /** Of those that were answered with what they asked for. */
  Latencies answers() {
    return answers;
  }

  Latencies refusals() {
    return refusals;
  }

  /** Those that were taken on, and given up at their deadline. */
  int expired() {
    return expired;
  }

  int failed() {
    return failed;
  }

  /** All that did not get what they asked for. */
  int unanswered() {
    return failed + expired + refusals.count();
  }

  double perSecond() {
    return answers.count() / seconds();
  }

  double seconds() {
    return (toNanos - fromNanos) / 1e9;
  }

  /** By the meter. */
  double spent() {
    return spent;
  }

  double spentPerAnswer() {
    return spent / Math.max(1, answers.count());
  }

  double millis(double quantile) {
    return answers.millis(quantile);
  }
}
