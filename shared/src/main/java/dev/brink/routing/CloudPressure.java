package dev.brink.routing;

import java.time.Duration;

/**
 * How many escalations the cloud has room for. Past the knee its queue grows with every call too
 * many, so by the time delays show it is too late to steer by them; what it answers per second is
 * then what it can do. That, and a little less to let the queue drain, is what may be sent from
 * then on, and slowly more again while it stays below its knee. Not thread-safe.
 */
final class CloudPressure {

  private static final long STEP_NANOS = Duration.ofMillis(250).toNanos();
  private static final int STEPS_TO_SETTLE = 4;
  private static final double SMOOTHING = 0.3;
  private static final double BACK_OFF = 0.95;
  private static final double KNEE = 1;
  private static final double EASY = 0.5;
  private static final double GROW_SLOWLY = 1.004;
  private static final double GROW = 1.03;
  private static final double LEAST_PER_SECOND = 1;
  private static final double FREE = 2;

  private double allowed = Double.POSITIVE_INFINITY;
  private double answeredPerSecond;
  private int answers;
  private int settling;
  private long steppedNanos;
  private boolean started;

  /** The cloud answered a call. */
  void answered() {
    answers++;
  }

  /** Calls per second that may be sent; infinite while the cloud has room. */
  double allowed(NodeSnapshot.CloudView cloud, long nowNanos) {
    if (!started) {
      started = true;
      steppedNanos = nowNanos;
    }
    long elapsed = nowNanos - steppedNanos;
    if (elapsed >= STEP_NANOS) {
      answeredPerSecond += SMOOTHING * (answers * 1e9 / elapsed - answeredPerSecond);
      answers = 0;
      steppedNanos = nowNanos;
      step(cloud.utilisation());
    }
    return allowed;
  }

  private void step(double load) {
    settling--;
    if (load > KNEE) {
      if (settling <= 0) {
        double sustained = Math.min(allowed, answeredPerSecond);
        allowed = Math.max(LEAST_PER_SECOND, sustained * BACK_OFF);
        settling = STEPS_TO_SETTLE;
      }
    } else {
      allowed *= load < EASY ? GROW : GROW_SLOWLY;
      if (allowed > FREE * answeredPerSecond + LEAST_PER_SECOND) {
        allowed = Double.POSITIVE_INFINITY;
      }
    }
  }
}
