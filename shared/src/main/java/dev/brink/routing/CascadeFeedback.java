package dev.brink.routing;

import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;

/**
 * What whoever acts on verdicts tells of them, so that budgets are kept and thresholds follow their
 * objective. Thread-safe; nothing here blocks.
 */
public interface CascadeFeedback {

  /** For thresholds that stand still and a cloud without a budget. */
  CascadeFeedback NONE =
      new CascadeFeedback() {
        @Override
        public boolean admits(
            InferenceRequest request, Verdict.Escalate verdict, InferenceResponse edge) {
          return true;
        }

        @Override
        public boolean pays(InferenceRequest request) {
          return true;
        }

        @Override
        public boolean audits(
            InferenceRequest request, Verdict.Keep verdict, InferenceResponse edge) {
          return false;
        }

        @Override
        public void compared(
            InferenceRequest request,
            Verdict verdict,
            InferenceResponse edge,
            InferenceResponse cloud) {}

        @Override
        public void unanswered(InferenceRequest request, Verdict verdict, InferenceResponse edge) {}
      };

  /**
   * Called once for every answer about to be escalated; false where the budget is spent: the edge's
   * answer is then returned, degraded, with reason budget.
   */
  boolean admits(InferenceRequest request, Verdict.Escalate verdict, InferenceResponse edge);

  /**
   * Called before any other cloud call that is made for a request of a model with a cascade: one
   * more for the same request, or the only one where this node has no room; false where the budget
   * is spent.
   */
  boolean pays(InferenceRequest request);

  /**
   * Called once for every answer kept; true where the cloud shall be asked too, in the background
   * and with the lowest priority.
   */
  boolean audits(InferenceRequest request, Verdict.Keep verdict, InferenceResponse edge);

  /** Called when the cloud has answered an escalated or audited request. */
  void compared(
      InferenceRequest request, Verdict verdict, InferenceResponse edge, InferenceResponse cloud);

  /** Called when the cloud was asked to answer an escalated or audited request, and did not. */
  void unanswered(InferenceRequest request, Verdict verdict, InferenceResponse edge);
}
