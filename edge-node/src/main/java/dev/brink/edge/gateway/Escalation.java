package dev.brink.edge.gateway;

import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceRequest;

/** The question put to the cloud while the edge's answer is held. */
final class Escalation {

  private static final long SHARE = 10;
  private static final long LEAST_NANOS = 2_000_000;
  private static final long MOST_NANOS = 50_000_000;

  private Escalation() {}

  /** Ends so much before the caller's deadline that the held answer still arrives in time. */
  static InferenceRequest of(InferenceRequest request, long nowNanos) {
    Deadline deadline = request.context().deadline();
    long left = deadline.remainingNanos(nowNanos);
    long reserve = Math.clamp(left / SHARE, LEAST_NANOS, MOST_NANOS);
    return request.withContext(
        request.context().withDeadline(new Deadline(deadline.nanos() - reserve)));
  }
}
