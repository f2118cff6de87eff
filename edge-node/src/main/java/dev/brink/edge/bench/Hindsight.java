package dev.brink.edge.bench;

import java.util.Comparator;
import java.util.List;

/** What the best choices would have been, had all answers been known beforehand. */
final class Hindsight {

  private static final int STEPS = 400;

  private final int known;
  private final int unknown;
  private final int unknownWrong;
  private final int[] wrongFrom;

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
    List<Known> sure =
        requests.stream()
            .filter(request -> !request.isUnknown())
            .sorted(Comparator.comparingDouble(Known::confidence))
            .toList();
    known = sure.size();
    unknown = requests.size() - known;
    unknownWrong =
        (int) requests.stream().filter(it -> it.isUnknown() && !it.agree()).count();
    wrongFrom = new int[known + 1];
    for (int i = known - 1; i >= 0; i--) {
      wrongFrom[i] = wrongFrom[i + 1] + (sure.get(i).agree() ? 0 : 1);
    }
  }

  /** The least that a threshold forwards that keeps {@code agreement}; unknown answers always go. */
  Outcome best(double agreement) {
    int hard = 0;
    while (hard < known && at(hard, unknown).agreement() < agreement) {
      hard++;
    }
    return at(hard, unknown);
  }

  /** The highest agreement with at most {@code calls}, the least confident first. */
  Outcome within(int calls) {
    Outcome best = at(0, 0);
    for (int step = 0; step <= STEPS; step++) {
      int unsure = (int) ((long) Math.min(calls, unknown) * step / STEPS);
      Outcome tried = at(Math.min(known, calls - unsure), unsure);
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

  private int count() {
    return known + unknown;
  }

  private Outcome at(int hard, int unsure) {
    double unsureKept = unknown == 0 ? 0 : 1 - (double) unsure / unknown;
    double wrong = wrongFrom[hard] + unknownWrong * unsureKept;
    return new Outcome(1 - wrong / count(), (double) (hard + unsure) / count());
  }
}
