package dev.brink.edge.gateway;

import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceRequest;
import dev.brink.routing.RoutingDecision;

/** The question put to the cloud while the edge has something to fall back on. */
final class Escalation {

  private static final long SHARE = 10;
  private static final long LEAST_NANOS = 2_000_000;
  private static final long MOST_NANOS = 50_000_000;
  private static final long RUN_SHARE = 3;
  private static final long MOST_RUN_NANOS = 500_000_000;

  private Escalation() {}

  /** Ends so much before the caller's deadline that the held answer still arrives in time. */
  static InferenceRequest of(InferenceRequest request, long nowNanos) {
    Deadline deadline = request.context().deadline();
    long left = deadline.remainingNanos(nowNanos);
    long reserve = Math.clamp(left / SHARE, LEAST_NANOS, MOST_NANOS);
    return endingBefore(deadline, reserve, request);
  }

  /**
   * Leaves time to run the model here, where that is what happens when the cloud does not answer.
   */
  static InferenceRequest before(RoutingDecision orElse, InferenceRequest request, long nowNanos) {
    if (!(orElse instanceof RoutingDecision.Local)) {
      return request;
    }
    Deadline deadline = request.context().deadline();
    long left = deadline.remainingNanos(nowNanos);
    return endingBefore(
        deadline, Math.clamp(left / RUN_SHARE, LEAST_NANOS, MOST_RUN_NANOS), request);
  }

  private static InferenceRequest endingBefore(
      Deadline deadline, long reserve, InferenceRequest request) {
    return request.withContext(
        request.context().withDeadline(new Deadline(deadline.nanos() - reserve)));
  }
}
