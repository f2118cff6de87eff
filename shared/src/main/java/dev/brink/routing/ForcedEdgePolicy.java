package dev.brink.routing;

import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Reason;
import dev.brink.model.CascadeSettings;

/** Keeps every answer because the caller said so, and tells how sure the edge was. */
record ForcedEdgePolicy(CascadeSettings settings, double threshold) implements EscalationPolicy {

  @Override
  public Verdict judge(InferenceResponse edgeAnswer) {
    double confidence = Confidence.of(edgeAnswer, settings.output(), settings.signal());
    return new Verdict.Keep(Reason.FORCED, false, confidence, threshold);
  }
}
