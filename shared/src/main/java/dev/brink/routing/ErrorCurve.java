package dev.brink.routing;

/** How probable it is that the cloud would answer otherwise than the edge did; immutable. */
@FunctionalInterface
public interface ErrorCurve {

  /** Takes a confidence for the probability of being right, and "I don't know" for a coin. */
  ErrorCurve UNCALIBRATED =
      (confidence, unknown) -> unknown ? 0.5 : confidence >= 0 ? 1 - Math.min(1, confidence) : 1;

  /**
   * @param confidence of the edge's answer, 0 to 1; NaN where it has none
   * @param unknown whether the edge said "I don't know"
   */
  double wrong(double confidence, boolean unknown);
}
