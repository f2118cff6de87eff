package dev.brink.config;

import java.util.List;

/**
 * The way to the cloud.
 *
 * @param mode {@code cluster}, {@code grpc} or {@code none}
 * @param targets cloud nodes for {@code grpc}
 */
public record UplinkSection(
    @Default("cluster") UplinkMode mode, @Default("[]") List<UplinkTarget> targets) {

  public UplinkSection {
    if (mode == UplinkMode.GRPC && targets.isEmpty()) {
      throw new IllegalArgumentException("targets: empty (expected: host:port with mode grpc)");
    }
  }
}
