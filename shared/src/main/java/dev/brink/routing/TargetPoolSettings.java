package dev.brink.routing;

import dev.brink.config.DataSize;
import dev.brink.config.Default;
import dev.brink.config.Range;
import dev.brink.resilience.CircuitBreaker;
import dev.brink.resilience.OutlierEjection;
import java.time.Duration;

/**
 * How the targets of a pool are judged.
 *
 * @param maxInFlight requests one target may have unanswered, where it grants no other credit
 * @param maxInFlightBytes the same in bytes
 * @param reportTtl after which a load report says nothing any more
 * @param memory half-life of latencies, and time after which a peak is forgotten
 * @param retryShare of the calls that may be made again on another target
 * @param hedgeShare of the calls that may be made twice at once
 */
public record TargetPoolSettings(
    @Default("256") @Range(min = 1) int maxInFlight,
    @Default("64MiB") @Range(min = 1) DataSize maxInFlightBytes,
    @Default("1s") @Range(min = 1) Duration reportTtl,
    @Default("3s") @Range(min = 1) Duration memory,
    @Default("0.1") @Range(min = 0.001, max = 1) double retryShare,
    @Default("0.05") @Range(min = 0.001, max = 1) double hedgeShare) {

  public static TargetPoolSettings standard() {
    return new TargetPoolSettings(
        256, new DataSize(64 << 20), Duration.ofSeconds(1), Duration.ofSeconds(3), 0.1, 0.05);
  }

  CircuitBreaker.Settings breaker() {
    return CircuitBreaker.Settings.standard();
  }

  OutlierEjection ejection() {
    return OutlierEjection.standard();
  }
}
