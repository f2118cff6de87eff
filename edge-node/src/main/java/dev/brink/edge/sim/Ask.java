package dev.brink.edge.sim;

/** One request of a device, and what becomes of it. */
final class Ask {

  private final Trace trace;
  private final long arrivedNanos;
  private final long deadlineNanos;
  private final Tally tally;
  private boolean answered;

  Ask(Trace trace, long arrivedNanos, long deadlineNanos, Tally tally) {
    this.trace = trace;
    this.arrivedNanos = arrivedNanos;
    this.deadlineNanos = deadlineNanos;
    this.tally = tally;
  }

  Trace trace() {
    return trace;
  }

  long deadlineNanos() {
    return deadlineNanos;
  }

  boolean isAnswered() {
    return answered;
  }

  void escalated() {
    tally.escalated();
  }

  /** Only the first answer reaches the device. */
  void answer(long nowNanos, boolean fromCloud, boolean degraded) {
    if (!answered) {
      answered = true;
      tally.answered(
          trace, nowNanos - arrivedNanos, nowNanos <= deadlineNanos, fromCloud, degraded);
    }
  }

  void refuse() {
    answered = true;
  }
}
