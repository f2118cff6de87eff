package dev.brink.routing;

import java.time.Duration;

/**
 * How much of what this node would escalate the cloud has room for. The share shrinks in proportion
 * to the excess over the knee and grows back slowly; both gains are small against the delay of the
 * reports, so that it settles and does not swing. Thread-safe.
 */
final class CloudPressure {

  private static final double SHRINK = 0.3;
  private static final double GROW = 0.1;
  private static final double LEAST = 0.02;
  private static final long STEP_NANOS = Duration.ofMillis(250).toNanos();

  private double admitted = 1;
  private long steppedNanos = Long.MIN_VALUE / 2;

  /** Share of the wanted escalations that may go out, above 0 to 1. */
  synchronized double admitted(NodeSnapshot.CloudView cloud, long nowNanos) {
    if (nowNanos - steppedNanos >= STEP_NANOS) {
      steppedNanos = nowNanos;
      step(Math.max(0.2, cloud.utilisation()));
    }
    return admitted;
  }

  private void step(double load) {
    double factor = Math.pow(load, load > 1 ? -SHRINK : -GROW);
    admitted = Math.max(LEAST, Math.min(1, admitted * factor));
  }
}
