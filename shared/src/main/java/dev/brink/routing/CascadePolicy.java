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
      return keep(Reason.OFFLINE, unknown, confidence);
    }
    long left = timeLeftNanos - elapsedNanos;
    if (!cloud.answersWithin(left)) {
      return keep(Reason.DEADLINE, unknown, confidence);
    }
    if (gain(confidence, unknown, left) < thresholds.price()) {
      return keep(Reason.BUDGET, unknown, confidence);
    }
    return new Verdict.Escalate(unknown ? Reason.UNKNOWN : Reason.HARD, confidence, threshold);
  }

  /** How probable it is that the cloud says otherwise, and in time. */
  private double gain(double confidence, boolean unknown, long leftNanos) {
    return thresholds.wrong().wrong(confidence, unknown) * cloud.inTime(leftNanos);
  }

  private Verdict keep(Reason reason, boolean unknown, double confidence) {
    return new Verdict.Keep(reason, true, unknown, confidence, threshold);
  }

  private static long elapsed(InferenceResponse answer) {
    Timings timings = answer.provenance().timings();
    return timings.queue() + timings.edge();
  }
}
