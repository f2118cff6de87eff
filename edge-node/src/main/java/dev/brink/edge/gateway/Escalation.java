package dev.brink.edge.gateway;

import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceRequest;
import dev.brink.routing.RoutingDecision;
import java.time.Duration;

/** The question put to the cloud while the edge has something to fall back on. */
final class Escalation {

  private static final long SHARE = 10;
  private static final long LEAST_NANOS = 2_000_000;
  private static final long MOST_NANOS = 150_000_000;
  private static final long RUN_SHARE = 3;
  private static final long MOST_RUN_NANOS = 500_000_000;

  private Escalation() {}

  /**
   * Ends so much before the caller's deadline that the held answer still arrives in time, and after
   * {@code patience} at the latest, however many cloud nodes are asked.
   */
  static InferenceRequest of(InferenceRequest request, Duration patience, long nowNanos) {
    long left = request.context().deadline().remainingNanos(nowNanos);
    long reserve = Math.clamp(left / SHARE, LEAST_NANOS, MOST_NANOS);
    return endingWithin(Math.min(left - reserve, patience.toNanos()), request, nowNanos);
  }

  /**
   * Leaves time to run the model here, where that is what happens when the cloud does not answer.
   */
  static InferenceRequest before(
      RoutingDecision orElse, InferenceRequest request, Duration patience, long nowNanos) {
    if (!(orElse instanceof RoutingDecision.Local)) {
      return request;
    }
    long left = request.context().deadline().remainingNanos(nowNanos);
    long reserve = Math.clamp(left / RUN_SHARE, LEAST_NANOS, MOST_RUN_NANOS);
    return endingWithin(Math.min(left - reserve, patience.toNanos()), request, nowNanos);
  }

  private static InferenceRequest endingWithin(long nanos, InferenceRequest request, long now) {
    return request.withContext(request.context().withDeadline(new Deadline(now + nanos)));
  }
}
