package dev.brink.routing;

/**
 * What the objective comes to now, for one model and tenant.
 *
 * @param threshold confidence below which an answer counts as hard
 * @param price of an escalation, in the same unit as the probability of a wrong answer: 0 while the
 *     cloud has room
 */
public record Thresholds(double threshold, double price, ErrorCurve wrong) {

  /** A threshold that stands as the operator wrote it, and a cloud that costs nothing. */
  public static Thresholds fixed(double threshold) {
    return new Thresholds(threshold, 0, ErrorCurve.UNCALIBRATED);
  }
}
