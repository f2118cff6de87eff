package dev.brink.serving;

/**
 * How many bytes of inputs may wait for one version of a model. A burst, such as all cameras of a
 * site at the same moment, may take much of the heap for a moment. What waits all the time may not:
 * large inputs that wait for long are what makes the heap grow, and collecting it slow, while a
 * second's worth of them gains nothing over a tenth's. Owned and guarded by its queue.
 */
final class ByteAllowance {

  /**
   * So many find room among the young objects: {@code ./brink} makes their survivors twice that.
   */
  static final long STANDING_BYTES = Math.max(6L << 20, Runtime.getRuntime().maxMemory() / 40);

  static final long BURST_BYTES = Math.max(STANDING_BYTES, Runtime.getRuntime().maxMemory() / 8);

  /** A queue that has not been empty for so long is no burst any more. */
  static final long BURST_NANOS = 1_000_000_000L;

  private long emptyNanos = Long.MIN_VALUE;
  private long seenNanos;

  /** The queue has been looked at. */
  void see(boolean isEmpty, long nowNanos) {
    seenNanos = nowNanos;
    if (isEmpty || emptyNanos == Long.MIN_VALUE) {
      emptyNanos = nowNanos;
    }
  }

  long bytes() {
    return seenNanos - emptyNanos > BURST_NANOS ? STANDING_BYTES : BURST_BYTES;
  }
}
