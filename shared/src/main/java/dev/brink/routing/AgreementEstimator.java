package dev.brink.routing;

import java.util.Arrays;

/**
 * Learns from what the edge and the cloud answered how probable disagreement is at every
 * confidence, and from all traffic how frequent that confidence is. Escalated and audited answers
 * are drawn uniformly within a bin, so the counts need no weights. Old traffic and old comparisons
 * fade, and do so at once when what is seen contradicts them. Not thread-safe.
 */
final class AgreementEstimator {

  private static final int BINS = 40;
  private static final int UNKNOWN_BINS = 6;
  private static final double KEPT_ON_CHANGE = 0.25;
  private static final double RENORMALIZE = 1e9;

  /**
   * @param trafficHalfLife in requests, of the shares of traffic
   * @param countHalfLife in requests, of comparisons
   * @param deviations of the estimate's error that the objective is kept by
   * @param auditShare of the traffic that is compared though it was kept
   */
  record Settings(
      double trafficHalfLife, double countHalfLife, double deviations, double auditShare) {

    static Settings standard() {
      return new Settings(8_000, 14_000, 1.3, 0.02);
    }
  }

  private final Settings settings;
  private final ScoreBins known;
  private final ScoreBins unknown;
  private final double trafficGrowth;
  private final double countGrowth;
  private final Surprise surprise = new Surprise();
  private AgreementView latest;
  private double trafficUnit = 1;
  private double countUnit = 1;

  private AgreementEstimator(Settings settings, ScoreBins known, ScoreBins unknown) {
    this.settings = settings;
    this.known = known;
    this.unknown = unknown;
    this.trafficGrowth = Math.pow(2, 1 / settings.trafficHalfLife());
    this.countGrowth = Math.pow(2, 1 / settings.countHalfLife());
  }

  /** Starts with what a calibration shows; without one, everything may be wrong. */
  static AgreementEstimator from(Calibration calibration, Settings settings) {
    AgreementEstimator estimator =
        new AgreementEstimator(
            settings, bins(calibration, false, BINS), bins(calibration, true, UNKNOWN_BINS));
    for (Calibration.Example example : calibration.examples()) {
      estimator.bins(example.unknown()).add(example.confidence(), 1);
      estimator.compared(example.confidence(), example.unknown(), example.agree());
    }
    return estimator;
  }

  /** Starts with what was learned before. */
  static AgreementEstimator from(ScoreBins known, ScoreBins unknown, Settings settings) {
    return new AgreementEstimator(settings, known, unknown);
  }

  private static ScoreBins bins(Calibration calibration, boolean unknown, int count) {
    double[] scores =
        calibration.examples().stream()
            .filter(example -> example.unknown() == unknown)
            .mapToDouble(Calibration.Example::confidence)
            .toArray();
    return scores.length >= 10 * count
        ? ScoreBins.atQuantiles(scores, count)
        : ScoreBins.between(dense(count));
  }

  /** Without knowledge: finer toward 1, where most answers of a good model are. */
  private static double[] dense(int count) {
    double[] edges = new double[count - 1];
    for (int i = 1; i < count; i++) {
      edges[i - 1] = 1 - Math.pow(1 - (double) i / count, 3);
    }
    return edges;
  }

  /**
   * An answer of the edge, whatever became of it.
   *
   * @param isLearning whether any answer may be compared; while none is, what is known stays
   */
  void seen(double confidence, boolean isUnknown, boolean isLearning) {
    trafficUnit *= trafficGrowth;
    countUnit *= isLearning ? countGrowth : 1;
    bins(isUnknown).add(confidence, trafficUnit);
    if (trafficUnit > RENORMALIZE) {
      scaleTraffic(1 / trafficUnit);
    }
    if (countUnit > RENORMALIZE) {
      scaleCounts(1 / countUnit);
    }
  }

  /** What the cloud said to an answer that was escalated or audited. */
  void compared(double confidence, boolean isUnknown, boolean agree) {
    if (latest != null && !isUnknown) {
      surprise.add(latest.wrong(confidence, false), !agree);
    }
    ScoreBins bins = bins(isUnknown);
    int bin = bins.binOf(confidence);
    bins.compared().add(bin, countUnit);
    bins.disagreed().add(bin, agree ? 0 : countUnit);
  }

  /** What is known now, for an objective. */
  AgreementView view(double agreement) {
    if (surprise.isGreat()) {
      forget();
    }
    latest = AgreementView.of(this, agreement);
    return latest;
  }

  /** The traffic has changed: what is new shall count for more, and what is unsure be sent on. */
  private void forget() {
    for (ScoreBins bins : new ScoreBins[] {known, unknown}) {
      bins.compared().scale(KEPT_ON_CHANGE);
      bins.disagreed().scale(KEPT_ON_CHANGE);
    }
  }

  ScoreBins known() {
    return known;
  }

  ScoreBins unknown() {
    return unknown;
  }

  Settings settings() {
    return settings;
  }

  double[] wrong(boolean isUnknown) {
    return bins(isUnknown).wrong(countUnit);
  }

  /** Share of all traffic by bin. */
  double[] share(boolean isUnknown) {
    double total = known.seen().sum() + unknown.seen().sum();
    double[] shares = bins(isUnknown).seen().toArray();
    if (total <= 0) {
      Arrays.fill(shares, isUnknown ? 0 : 1.0 / shares.length);
      return shares;
    }
    for (int i = 0; i < shares.length; i++) {
      shares[i] /= total;
    }
    return shares;
  }

  double compared(int bin) {
    return known.compared().get(bin) / countUnit;
  }

  /** Brings all sums to the unit of now, to be stored. */
  void normalize() {
    scaleTraffic(1 / trafficUnit);
    scaleCounts(1 / countUnit);
  }

  private ScoreBins bins(boolean isUnknown) {
    return isUnknown ? unknown : known;
  }

  private void scaleTraffic(double factor) {
    known.seen().scale(factor);
    unknown.seen().scale(factor);
    trafficUnit = 1;
  }

  private void scaleCounts(double factor) {
    for (ScoreBins bins : new ScoreBins[] {known, unknown}) {
      bins.compared().scale(factor);
      bins.disagreed().scale(factor);
    }
    countUnit = 1;
  }
}
