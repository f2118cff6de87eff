package dev.brink.edge.bench;

import dev.brink.edge.bench.PacedReplay.Told;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/** Questions in the order in which they were asked, and what was answered. */
record Stretch(List<AskedPair.Question> questions, List<Told> answers) {

  private static final double Z = 1.96;

  Stretch part(int from, int to) {
    return new Stretch(questions.subList(from, to), answers.subList(from, to));
  }

  int count() {
    return answers.size();
  }

  double forwarded() {
    return share(Told::isForwarded);
  }

  /** Share of degraded answers by reason. */
  Map<String, Double> degraded() {
    Map<String, Double> shares = new TreeMap<>();
    answers.stream()
        .filter(Told::degraded)
        .forEach(told -> shares.merge(told.reason(), 1.0 / count(), Double::sum));
    return shares;
  }

  double agreement() {
    return agreed(0, count());
  }

  /** An end of Wilson's interval of the agreement: -1 the lower, 1 the upper. */
  double interval(int side) {
    double n = count();
    double p = agreement();
    double middle = p + Z * Z / (2 * n);
    double half = Z * Math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n));
    return (middle + side * half) / (1 + Z * Z / n);
  }

  /** The lowest agreement of so many answers in a row. */
  double worst(int window) {
    double worst = agreement();
    for (int from = 0; from + window <= count(); from += window / 50) {
      worst = Math.min(worst, agreed(from, from + window));
    }
    return worst;
  }

  Hindsight hindsight() {
    return new Hindsight(questions.stream().map(AskedPair.Question::known).toList());
  }

  private double agreed(int from, int to) {
    int agreed = 0;
    for (int i = from; i < to; i++) {
      agreed += answers.get(i).label().equals(questions.get(i).cloudLabel()) ? 1 : 0;
    }
    return (double) agreed / (to - from);
  }

  private double share(Predicate<Told> property) {
    return (double) answers.stream().filter(property).count() / count();
  }
}
