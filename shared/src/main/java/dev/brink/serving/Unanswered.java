package dev.brink.serving;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.model.ModelStatistics.Total;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/** Requests for one version of a model that got no answer, by why. Thread-safe. */
final class Unanswered {

  private enum Why {
    /** There was no room, or it would have come too late. */
    REFUSED,
    /** Its deadline passed in the queue or in a run. */
    EXPIRED,
    CANCELLED,
    FAILED;

    private static Why of(InferenceError error) {
      return switch (error) {
        case InferenceError.Overloaded refused -> REFUSED;
        case InferenceError.Unavailable refused -> REFUSED;
        case InferenceError.DeadlineExceeded late -> EXPIRED;
        case InferenceError.Cancelled gone -> CANCELLED;
        default -> FAILED;
      };
    }
  }

  private final LongAdder[] counts = new LongAdder[Why.values().length];
  private final LongAdder nanos = new LongAdder();

  Unanswered() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  /**
   * @param tookNanos since it came
   */
  void count(Throwable failure, long tookNanos) {
    counts[Why.of(InferenceException.errorOf(failure)).ordinal()].increment();
    nanos.add(tookNanos);
  }

  /** One that was refused before it was read. */
  void countUnread() {
    counts[Why.REFUSED.ordinal()].increment();
  }

  Total total() {
    long all = 0;
    for (LongAdder count : counts) {
      all += count.sum();
    }
    return new Total(all, nanos.sum());
  }

  Map<String, Long> byReason() {
    Map<String, Long> reasons = new TreeMap<>();
    for (Why why : Why.values()) {
      reasons.put(why.name().toLowerCase(Locale.ROOT), counts[why.ordinal()].sum());
    }
    return reasons;
  }
}
