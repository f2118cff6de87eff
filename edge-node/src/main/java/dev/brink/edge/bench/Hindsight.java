package dev.brink.edge.bench;

import java.util.Comparator;
import java.util.List;

/** What the best choices would have been, had all answers been known beforehand. */
final class Hindsight {

  private final int[] knownWrongFrom;
  private final int[] unknownWrongFrom;

  /**
   * One request, with what edge and cloud answer to it.
   *
   * @param isUnknown whether the edge says "I don't know"
   */
  record Known(double confidence, boolean isUnknown, boolean agree) {}

  /**
   * @param agreement share of answers that equal the cloud's
   * @param forwarded share of requests
   */
  record Outcome(double agreement, double forwarded) {}

  Hindsight(List<Known> requests) {
    knownWrongFrom = wrongFrom(requests, false);
    unknownWrongFrom = wrongFrom(requests, true);
  }

  /** How many of one kind are wrong that are at least as sure as the n-th least sure. */
  private static int[] wrongFrom(List<Known> requests, boolean isUnknown) {
    List<Known> sorted =
        requests.stream()
            .filter(request -> request.isUnknown() == isUnknown)
            .sorted(Comparator.comparingDouble(Known::confidence))
            .toList();
    int[] wrong = new int[sorted.size() + 1];
    for (int i = sorted.size() - 1; i >= 0; i--) {
      wrong[i] = wrong[i + 1] + (sorted.get(i).agree() ? 0 : 1);
    }
    return wrong;
  }

  /**
   * The least that a threshold forwards that keeps {@code agreement}; unknown answers always go.
   */
  Outcome best(double agreement) {
    int hard = 0;
    while (hard < known() && at(hard, unknown()).agreement() < agreement) {
      hard++;
    }
    return at(hard, unknown());
  }

  /** The highest agreement with at most {@code calls}, the least sure first among either kind. */
  Outcome within(int calls) {
    Outcome best = at(0, 0);
    for (int unsure = 0; unsure <= Math.min(calls, unknown()); unsure++) {
      Outcome tried = at(Math.min(known(), calls - unsure), unsure);
      best = tried.agreement() > best.agreement() ? tried : best;
    }
    return best;
  }

  /** What is reached where of those that {@link #best} forwards only so many go, drawn by lot. */
  double byLot(double agreement, int calls) {
    Outcome wanted = best(agreement);
    double share = Math.min(1, calls / (wanted.forwarded() * count()));
    double nothing = at(0, 0).agreement();
    return nothing + share * (wanted.agreement() - nothing);
  }

  private int known() {
    return knownWrongFrom.length - 1;
  }

  private int unknown() {
    return unknownWrongFrom.length - 1;
  }

  private int count() {
    return known() + unknown();
  }

  private Outcome at(int hard, int unsure) {
    double wrong = knownWrongFrom[hard] + unknownWrongFrom[unsure];
    return new Outcome(1 - wrong / count(), (double) (hard + unsure) / count());
  }
}
