package dev.brink.routing;

/**
 * What learning about a model rests on; what was learned on another basis does not apply.
 *
 * @param modelVersion of the edge model that answers
 * @param calibrationDigest of the calibration that learning started from; empty without one
 */
public record LearningBasis(String modelVersion, String calibrationDigest) {

  /** Of a model of which nothing was said. */
  static final LearningBasis UNSTATED = new LearningBasis("", "");
}
