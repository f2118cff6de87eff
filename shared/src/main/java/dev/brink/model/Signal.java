package dev.brink.model;

/** What of a model's answer tells how sure the model is; every signal is mapped to 0 (not) to 1. */
public enum Signal {
  /** The largest probability. */
  MAX_PROBABILITY,
  /** The largest probability less the second. */
  MARGIN,
  /** One less the entropy of the probabilities, relative to that of the uniform distribution. */
  ENTROPY,
  /**
   * {@code x / (1 + x)} for the log of the mean exponential {@code x} of the logits, 0 for less.
   */
  ENERGY,
  /** The highest score of the objects found; nothing found is not confident. */
  DETECTION
}
