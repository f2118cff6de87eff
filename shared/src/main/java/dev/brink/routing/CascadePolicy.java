package dev.brink.routing;

import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Reason;
import dev.brink.inference.Timings;
import dev.brink.model.CascadeSettings;

/**
 * Escalate what is hard or unknown, where that is worth its price and can be done in time.
 *
 * @param threshold the caller's own, or the objective's
 * @param timeLeftNanos for the whole cascade, edge run included
 */
record CascadePolicy(
    CascadeSettings settings,
    double threshold,
    long timeLeftNanos,
    NodeSnapshot.CloudView cloud,
    Thresholds thresholds)
    implements EscalationPolicy {

  @Override
  public Verdict judge(InferenceResponse edgeAnswer) {
    double confidence = Confidence.of(edgeAnswer, settings.output(), settings.signal());
    boolean unknown = AnswerLabels.anyUnknown(settings, edgeAnswer);
    return judge(confidence, unknown, elapsed(edgeAnswer));
  }

  /** The same on what was read from the answer. */
  Verdict judge(double confidence, boolean unknown, long elapsedNanos) {
    if (!unknown && confidence >= threshold) {
      return new Verdict.Keep(Reason.CONFIDENT, false, confidence, threshold);
    }
    if (!cloud.isUsable()) {
      return keep(Reason.OFFLINE, confidence);
    }
    if (!cloud.answersWithin(timeLeftNanos - elapsedNanos)) {
      return keep(Reason.DEADLINE, confidence);
    }
    if (thresholds.wrong().wrong(confidence, unknown) < thresholds.price()) {
      return keep(Reason.BUDGET, confidence);
    }
    return new Verdict.Escalate(unknown ? Reason.UNKNOWN : Reason.HARD, confidence, threshold);
  }

  private Verdict keep(Reason reason, double confidence) {
    return new Verdict.Keep(reason, true, confidence, threshold);
  }

  private static long elapsed(InferenceResponse answer) {
    Timings timings = answer.provenance().timings();
    return timings.queue() + timings.edge();
  }
}
