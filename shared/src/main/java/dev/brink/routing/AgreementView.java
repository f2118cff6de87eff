package dev.brink.routing;

/**
 * What was learned up to some moment, and the threshold that keeps an objective by it: the lowest
 * whose upper bound on all disagreement among kept answers is within what the objective allows.
 * Immutable.
 */
final class AgreementView implements ErrorCurve {

  /** Breaks ties between equally wrong bins, so that a price can tell any two answers apart. */
  private static final double TIE = 1e-4;

  private static final int STEPS_PER_BIN = 4;
  private static final int PRICE_STEPS = 24;

  private final Curve known;
  private final Curve unknown;
  private final double threshold;
  private final double auditShare;
  private final double auditNorm;

  private AgreementView(
      Curve known, Curve unknown, double threshold, double auditShare, double auditNorm) {
    this.known = known;
    this.unknown = unknown;
    this.threshold = threshold;
    this.auditShare = auditShare;
    this.auditNorm = auditNorm;
  }

  static AgreementView of(AgreementEstimator estimator, double agreement) {
    Curve known = Curve.of(estimator, false);
    Curve unknown = Curve.of(estimator, true);
    double threshold = threshold(estimator, known, 1 - agreement);
    return new AgreementView(
        known, unknown, threshold, estimator.settings().auditShare(), auditNorm(known, threshold));
  }

  /** The same knowledge under a threshold that somebody else set. */
  AgreementView at(double otherThreshold, double otherAuditShare) {
    return new AgreementView(
        known, unknown, otherThreshold, otherAuditShare, auditNorm(known, otherThreshold));
  }

  /** The confidence from which on the cloud says otherwise less probably than {@code cost}. */
  double worth(double cost) {
    double low = 0;
    double high = 1;
    for (int i = 0; i < PRICE_STEPS; i++) {
      double middle = (low + high) / 2;
      if (known.at(middle) >= cost) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  @Override
  public double wrong(double confidence, boolean isUnknown) {
    return (isUnknown ? unknown : known).at(confidence);
  }

  double threshold() {
    return threshold;
  }

  /** How probably a kept answer is to be audited: more where it tells more. */
  double auditProbability(double confidence) {
    return auditNorm <= 0
        ? 0
        : Math.min(1, auditShare * Math.sqrt(wrong(confidence, false)) / auditNorm);
  }

  /** Share of the traffic that is escalated at a price. */
  double escalated(double price) {
    return known.shareAbove(price, threshold) + unknown.shareAbove(price, Double.MAX_VALUE);
  }

  /** The lowest price at which at most {@code share} of the traffic is escalated. */
  double priceFor(double share) {
    if (escalated(0) <= share) {
      return 0;
    }
    double low = 0;
    double high = 1 + TIE;
    for (int i = 0; i < PRICE_STEPS; i++) {
      double middle = (low + high) / 2;
      if (escalated(middle) > share) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  private static double threshold(AgreementEstimator estimator, Curve curve, double allowed) {
    double deviations = estimator.settings().deviations();
    double risk = 0;
    double variance = 0;
    double before = 0;
    for (int bin = curve.count() - 1; bin >= 0; bin--) {
      double q = curve.share(bin);
      double p = curve.wrong(bin);
      risk += q * p;
      variance += q * q * p * (1 - p) / (estimator.compared(bin) + 1);
      double bound = risk + deviations * Math.sqrt(variance);
      if (bound > allowed) {
        double kept = Math.max(0, (allowed - before) / (bound - before));
        return curve.upper(bin) - kept * (curve.upper(bin) - curve.lower(bin));
      }
      before = bound;
    }
    return 0;
  }

  private static double auditNorm(Curve known, double threshold) {
    double norm = 0;
    for (int bin = 0; bin < known.count(); bin++) {
      norm += known.share(bin) * known.part(bin, threshold) * Math.sqrt(known.wrong(bin));
    }
    return norm;
  }

  /** Disagreement and traffic by confidence, for answers of one kind. */
  private static final class Curve {

    private final ScoreBins.Edges edges;
    private final double[] wrong;
    private final double[] share;
    private final double[] middles;

    private Curve(ScoreBins.Edges edges, double[] wrong, double[] share) {
      this.edges = edges;
      this.wrong = wrong;
      this.share = share;
      this.middles = new double[wrong.length];
      for (int i = 0; i < middles.length; i++) {
        middles[i] = (edges.lower(i) + edges.upper(i)) / 2;
      }
    }

    static Curve of(AgreementEstimator estimator, boolean unknown) {
      ScoreBins bins = unknown ? estimator.unknown() : estimator.known();
      return new Curve(bins.edges(), estimator.wrong(unknown), estimator.share(unknown));
    }

    int count() {
      return wrong.length;
    }

    double wrong(int bin) {
      return wrong[bin];
    }

    double share(int bin) {
      return share[bin];
    }

    double lower(int bin) {
      return edges.lower(bin);
    }

    double upper(int bin) {
      return edges.upper(bin);
    }

    /** The part of a bin that lies at or above a threshold. */
    double part(int bin, double threshold) {
      double width = upper(bin) - lower(bin);
      return Math.max(0, Math.min(1, (upper(bin) - threshold) / width));
    }

    /** Linear between the middles of the bins. */
    double at(double confidence) {
      double score = confidence >= 0 ? Math.min(confidence, 1) : 0;
      int bin = edges.of(score);
      int left = score < middles[bin] ? bin - 1 : bin;
      double value;
      if (left < 0 || left == wrong.length - 1) {
        value = wrong[bin];
      } else {
        double way = (score - middles[left]) / (middles[left + 1] - middles[left]);
        value = wrong[left] + way * (wrong[left + 1] - wrong[left]);
      }
      return value + TIE * (1 - score);
    }

    double shareAbove(double price, double threshold) {
      double above = 0;
      for (int bin = 0; bin < wrong.length; bin++) {
        for (int step = 0; step < STEPS_PER_BIN; step++) {
          double score = lower(bin) + (upper(bin) - lower(bin)) * (step + 0.5) / STEPS_PER_BIN;
          above += score < threshold && at(score) >= price ? share[bin] / STEPS_PER_BIN : 0;
        }
      }
      return above;
    }
  }
}
