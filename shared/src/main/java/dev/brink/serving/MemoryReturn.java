package dev.brink.serving;

/**
 * Says which runs give the memory they worked in back to the system. It is worth keeping while the
 * next run needs as much: having it given anew costs a third of the time of a run that uses much of
 * it. So only large runs give back, only the last of those that waited, and not one after another.
 */
final class MemoryReturn {

  private static final long LARGE_BYTES = 4 << 20;
  private static final long PAUSE_NANOS = 250_000_000L;

  private long nextNanos = Long.MIN_VALUE;

  /**
   * @param bytes size of the run's inputs
   * @param othersWait whether there is more to run
   */
  boolean isDue(long bytes, boolean othersWait, long nowNanos) {
    boolean early = nextNanos != Long.MIN_VALUE && nowNanos - nextNanos < 0;
    if (bytes < LARGE_BYTES || othersWait || early) {
      return false;
    }
    nextNanos = nowNanos + PAUSE_NANOS;
    return true;
  }
}
