package dev.brink.resilience;

import java.time.Duration;

/**
 * Finds the peer that still answers but far slower than the others (a gray failure), which no
 * breaker sees. Pure.
 *
 * @param factor how many times the median of the others' latency a peer may take
 * @param slack and how much longer at least
 * @param minimumSamples of a peer before it can be judged
 * @param largestShare of the peers that may be out at once
 * @param ejection how long a peer stays out, growing with every relapse
 */
public record OutlierEjection(
    double factor, Duration slack, int minimumSamples, double largestShare, Backoff ejection) {

  public static OutlierEjection standard() {
    return new OutlierEjection(
        3,
        Duration.ofMillis(5),
        5,
        0.5,
        new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(30), 0.2));
  }

  /**
   * @param latencyNanos of the peer judged, as a typical value of late
   * @param samples of the peer judged
   * @param medianOfOthersNanos 0 where no other was measured
   * @param out how many of {@code peers} are ejected now
   */
  public boolean ejects(
      long latencyNanos, double samples, long medianOfOthersNanos, int out, int peers) {
    return samples >= minimumSamples
        && medianOfOthersNanos > 0
        && out + 1 <= peers * largestShare
        && latencyNanos > medianOfOthersNanos * factor
        && latencyNanos - medianOfOthersNanos > slack.toNanos();
  }
}
