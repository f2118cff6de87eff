package dev.brink.inference;

import java.time.Duration;

/**
 * The instant after which nobody wants the answer, on this process's monotonic clock ({@link
 * System#nanoTime} or a test's). One deadline holds for the whole path; between processes the time
 * left travels, never an instant.
 */
public record Deadline(long nanos) {

  public static Deadline after(Duration timeout, long nowNanos) {
    return new Deadline(nowNanos + timeout.toNanos());
  }

  /** Nanoseconds left; 0 or less when expired. */
  public long remainingNanos(long nowNanos) {
    return nanos - nowNanos;
  }

  public boolean isExpired(long nowNanos) {
    return remainingNanos(nowNanos) <= 0;
  }

  /** The earlier of this deadline and one {@code timeout} from now. */
  public Deadline within(Duration timeout, long nowNanos) {
    return remainingNanos(nowNanos) <= timeout.toNanos() ? this : after(timeout, nowNanos);
  }
}
