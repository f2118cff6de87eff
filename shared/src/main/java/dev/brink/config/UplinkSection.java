package dev.brink.config;

import java.time.Duration;
import java.util.List;

/**
 * The way to the cloud.
 *
 * @param mode {@code cluster}, {@code grpc} or {@code none}
 * @param timeout of one attempt, within the request's deadline
 * @param targets cloud nodes for {@code grpc}
 */
public record UplinkSection(
    @Default("cluster") UplinkMode mode,
    @Default("1s") @Range(min = 10, max = 600_000) Duration timeout,
    @Default("[]") List<UplinkTarget> targets) {

  public UplinkSection {
    if (mode == UplinkMode.GRPC && targets.isEmpty()) {
      throw new IllegalArgumentException("targets: empty (expected: host:port with mode grpc)");
    }
  }
}
