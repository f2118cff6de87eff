package dev.brink.serving;

/**
 * The most that requests of lately have asked for: the best priority, the longest time to answer.
 * What would be refused with these would be refused with what a request that has not been read yet
 * is likely to say. Owned and guarded by its queue.
 */
final class RecentDemands {

  /** So many must have been seen within two windows before anything is concluded from them. */
  private static final int ENOUGH = 64;

  private static final long WINDOW_NANOS = 5_000_000_000L;

  private record Seen(int count, int bestPriority, long longestNanos) {

    static final Seen NOTHING = new Seen(0, Integer.MAX_VALUE, 0);

    Seen and(int otherCount, int priority, long nanos) {
      return new Seen(
          count + otherCount, Math.min(bestPriority, priority), Math.max(longestNanos, nanos));
    }
  }

  private Seen before = Seen.NOTHING;
  private Seen now = Seen.NOTHING;
  private long sinceNanos;

  void see(PendingRequest request, long nowNanos) {
    turn(nowNanos);
    now = now.and(1, request.priority(), request.remainingNanos(nowNanos));
  }

  private void turn(long nowNanos) {
    long elapsed = nowNanos - sinceNanos;
    if (elapsed >= WINDOW_NANOS) {
      before = elapsed < 2 * WINDOW_NANOS ? now : Seen.NOTHING;
      now = Seen.NOTHING;
      sinceNanos = nowNanos;
    }
  }

  /** Whether enough has been seen for {@link #bestPriority} and {@link #longestNanos} to count. */
  boolean isTelling(long nowNanos) {
    turn(nowNanos);
    return both().count() >= ENOUGH;
  }

  int bestPriority() {
    return both().bestPriority();
  }

  long longestNanos() {
    return both().longestNanos();
  }

  private Seen both() {
    return now.and(before.count(), before.bestPriority(), before.longestNanos());
  }
}
