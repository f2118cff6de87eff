package dev.brink.serving;

import java.util.Locale;

/** What company in a run does to a row's answer. */
enum BatchEffect {
  /** Nothing: equal to the bit. */
  NONE,
  /** The last digits may differ: sums are added up in another order. */
  ROUNDING,
  /** The answer depends on the other rows, as with scales that are taken over the whole run. */
  DEPENDENT,
  /** Not known: the model could not be tried with made-up inputs. */
  UNKNOWN;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  BatchEffect worse(BatchEffect other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /**
   * What the difference amounts to; values that are no numbers count as wholly different.
   *
   * @param tolerance largest difference, relative to the largest value, that counts as rounding
   */
  static BatchEffect between(float[] alone, float[] inCompany, double tolerance) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < alone.length; i++) {
      double distance = Math.abs((double) alone[i] - inCompany[i]);
      difference = Double.isNaN(distance) ? Double.MAX_VALUE : Math.max(difference, distance);
      largest = Math.max(largest, Math.abs(alone[i]));
    }
    return difference <= tolerance * largest ? ROUNDING : DEPENDENT;
  }
}
