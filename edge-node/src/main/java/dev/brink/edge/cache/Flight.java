package dev.brink.edge.cache;

import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResult;
import io.vertx.core.Promise;

/**
 * A question that is being answered.
 *
 * @param priority of the request that leads, 1 the highest
 * @param deadlineNanos when nobody wants its answer any more
 * @param landed its answer, for those that follow
 */
record Flight(int priority, long deadlineNanos, Promise<InferenceResult> landed) {

  static Flight of(InferenceRequest request, int defaultPriority) {
    int priority = request.context().priority();
    return new Flight(
        priority == 0 ? defaultPriority : priority,
        request.context().deadline().nanos(),
        Promise.promise());
  }

  /** To follow one that may wait longer would be to wait as long. */
  boolean isMoreUrgentThan(Flight other) {
    return priority < other.priority
        || priority == other.priority && deadlineNanos < other.deadlineNanos;
  }
}
