package dev.brink.routing;

/**
 * Notices when outcomes stop being what was predicted: compares how often something happened with
 * how often it should have, over what was seen lately. Not thread-safe.
 */
final class Surprise {

  private static final double FADE = 0.999;
  private static final double DEVIATIONS = 3.5;

  private double happened;
  private double predicted;
  private double variance;

  void add(double probability, boolean happens) {
    happened = happened * FADE + (happens ? 1 : 0);
    predicted = predicted * FADE + probability;
    variance = variance * FADE * FADE + probability * (1 - probability);
  }

  /** Whether chance alone can hardly have done this; the memory then starts afresh. */
  boolean isGreat() {
    boolean great = Math.abs(happened - predicted) > DEVIATIONS * Math.sqrt(variance + 1);
    if (great) {
      happened = 0;
      predicted = 0;
      variance = 0;
    }
    return great;
  }
}
