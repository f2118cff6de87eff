package dev.brink.routing;

import dev.brink.inference.InferenceError;
import dev.brink.inference.Reason;

/** What to do with a request: a value that can be printed, tested and replayed. */
public sealed interface RoutingDecision {

  /** Answer on this node. */
  record Local(Reason reason) implements RoutingDecision {

    /** Whether the answer stands in for one that the cloud should have given. */
    public boolean degraded() {
      return switch (reason) {
        case OFFLINE, DEADLINE, BUDGET, OVERLOAD -> true;
        case CONFIDENT, HARD, UNKNOWN, UNKNOWN_MODEL, FORCED, LOCAL -> false;
      };
    }
  }

  /**
   * Ask the cloud.
   *
   * @param orElse what to do when it cannot be reached, refuses or is late
   */
  record Cloud(Reason reason, RoutingDecision orElse) implements RoutingDecision {}

  /** Answer on this node with all outputs, then let {@code policy} judge the answer. */
  record Cascade(EscalationPolicy policy) implements RoutingDecision {}

  /** Accept the request as a job. */
  record Defer(Reason reason) implements RoutingDecision {}

  /** Refuse at once. */
  record Reject(InferenceError error) implements RoutingDecision {}
}
