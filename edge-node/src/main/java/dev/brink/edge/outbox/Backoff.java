package dev.brink.edge.outbox;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Doubling waits with full jitter above the half. */
record Backoff(Duration first, Duration longest) {

  private static final int MAX_DOUBLINGS = 30;

  /**
   * @param attempt 1 after the first failure
   */
  Duration delay(int attempt, RandomGenerator random) {
    int doublings = Math.min(Math.max(attempt - 1, 0), MAX_DOUBLINGS);
    long millis = Math.min(first.toMillis() << doublings, longest.toMillis());
    return Duration.ofMillis((long) (millis * (0.5 + 0.5 * random.nextDouble())));
  }
}
