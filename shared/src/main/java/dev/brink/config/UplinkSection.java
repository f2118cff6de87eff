package dev.brink.config;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The way to the cloud.
 *
 * @param mode {@code cluster}, {@code grpc} or {@code none}
 * @param timeout of one attempt, within the request's deadline
 * @param timeouts the same for single models, by name: for those that need longer
 * @param compression of requests over {@code grpc}: {@code none}, or {@code gzip} for models whose
 *     requests it makes smaller
 * @param targets cloud nodes for {@code grpc}
 */
public record UplinkSection(
    @Default("cluster") UplinkMode mode,
    @Default("1s") @Range(min = 10, max = 600_000) Duration timeout,
    @Default("{}") Map<String, Duration> timeouts,
    @Default("none") UplinkCompression compression,
    @Default("[]") List<UplinkTarget> targets) {

  public UplinkSection {
    timeouts = Map.copyOf(timeouts);
    if (mode == UplinkMode.GRPC && targets.isEmpty()) {
      throw new IllegalArgumentException("targets: empty (expected: host:port with mode grpc)");
    }
  }

  /** With the same timeout for all models and without compression. */
  public UplinkSection(UplinkMode mode, Duration timeout, List<UplinkTarget> targets) {
    this(mode, timeout, Map.of(), UplinkCompression.NONE, targets);
  }

  /** Of one attempt for {@code model}. */
  public Duration timeoutOf(String model) {
    return timeouts.getOrDefault(model, timeout);
  }
}
