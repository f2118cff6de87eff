package dev.brink.edge.gateway;

import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.routing.Verdict;

/** Learns from escalations; must be quick and must not throw. */
public interface EscalationListener {

  /** The cloud answered {@code better} where the edge had {@code first}. */
  void escalated(
      InferenceRequest request,
      InferenceResponse first,
      InferenceResponse better,
      Verdict.Escalate verdict);

  /** The edge's answer was given because the cloud's could not be had. */
  void held(InferenceRequest request, Throwable failure);

  static EscalationListener none() {
    return new EscalationListener() {
      @Override
      public void escalated(
          InferenceRequest request,
          InferenceResponse first,
          InferenceResponse better,
          Verdict.Escalate verdict) {}

      @Override
      public void held(InferenceRequest request, Throwable failure) {}
    };
  }
}
