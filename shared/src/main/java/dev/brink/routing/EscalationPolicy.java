package dev.brink.routing;

import dev.brink.inference.InferenceResponse;

/** Judges the edge's answer to one request; pure, made for this request by {@link Router}. */
@FunctionalInterface
public interface EscalationPolicy {

  /**
   * @param edgeAnswer with the model's own outputs, not yet reduced to those the caller asked for,
   *     and with its timings
   */
  Verdict judge(InferenceResponse edgeAnswer);
}
