package dev.brink.resilience;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before the next attempt: doubling from {@code first} to {@code longest}, each
 * moved at random by up to {@code jitter} of itself so that peers do not march in step.
 *
 * @param jitter 0 to 1
 */
public record Backoff(Duration first, Duration longest, double jitter) {

  public Backoff {
    Positive.nanos("first", first);
    if (longest.compareTo(first) < 0) {
      throw new IllegalArgumentException("longest: " + longest + " (expected: >= " + first + ")");
    }
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new IllegalArgumentException("jitter: " + jitter + " (expected: 0 to 1)");
    }
  }

  /**
   * @param attempt 0 for the wait after the first failure
   */
  public Duration delay(int attempt, RandomGenerator random) {
    double nanos = first.toNanos() * Math.pow(2, Math.max(0, attempt));
    double bounded = Math.min(nanos, longest.toNanos());
    return Duration.ofNanos((long) (bounded * (1 + jitter * (2 * random.nextDouble() - 1))));
  }
}
