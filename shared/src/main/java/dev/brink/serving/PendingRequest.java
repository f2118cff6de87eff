package dev.brink.serving;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/** A checked request on its way through a model's queue; settled exactly once. */
final class PendingRequest {

  private static final int WAITING = 0;
  private static final int RUNNING = 1;
  private static final int SETTLED = 2;

  private final InferenceRequest request;
  private final Tensor[] inputs;
  private final int[] outputs;
  private final int rows;
  private final int priority;
  private final long enqueuedNanos;
  private final long deadlineNanos;
  private final Promise<InferenceResult> promise = Promise.promise();
  private final Context caller = Vertx.currentContext();
  private final AtomicInteger state = new AtomicInteger(WAITING);
  private Map<String, Object> modelParameters;

  PendingRequest(
      InferenceRequest request,
      Tensor[] inputs,
      int[] outputs,
      int rows,
      int priority,
      long nowNanos) {
    this.request = request;
    this.inputs = inputs;
    this.outputs = outputs;
    this.rows = rows;
    this.priority = priority;
    this.enqueuedNanos = nowNanos;
    this.deadlineNanos = request.context().deadline().nanos();
  }

  InferenceRequest request() {
    return request;
  }

  Tensor input(int index) {
    return inputs[index];
  }

  long inputBytes() {
    long bytes = 0;
    for (Tensor input : inputs) {
      bytes += input.byteSize();
    }
    return bytes;
  }

  static int rows(List<PendingRequest> requests) {
    int rows = 0;
    for (PendingRequest request : requests) {
      rows += request.rows;
    }
    return rows;
  }

  int[] outputs() {
    return outputs;
  }

  int rows() {
    return rows;
  }

  int priority() {
    return priority;
  }

  long enqueuedNanos() {
    return enqueuedNanos;
  }

  long remainingNanos(long nowNanos) {
    return deadlineNanos - nowNanos;
  }

  Future<InferenceResult> future() {
    return promise.future();
  }

  /** Whether this one waits no longer: its caller gave up, or it was refused. */
  boolean hasLeft() {
    return state.get() == SETTLED;
  }

  /** Takes it out of the queue's hands; false where it has left. */
  boolean start() {
    return state.compareAndSet(WAITING, RUNNING);
  }

  void succeed(InferenceResult result, HandOver handOver, long nowNanos) {
    if (state.getAndSet(SETTLED) != SETTLED) {
      handOver.add(caller, () -> promise.complete(result), nowNanos);
    }
  }

  /** Settles with {@code error}; false where it was settled already. */
  boolean fail(InferenceError error) {
    if (state.getAndSet(SETTLED) == SETTLED) {
      return false;
    }
    onCaller(() -> promise.fail(error.asException()));
    return true;
  }

  /**
   * Has {@code action} run on the caller's context, or here where that has been closed meanwhile.
   */
  private void onCaller(Runnable action) {
    if (caller == null || caller == Vertx.currentContext()) {
      action.run();
      return;
    }
    try {
      caller.runOnContext(ignored -> action.run());
    } catch (RejectedExecutionException closed) {
      action.run();
    }
  }

  /** Whether both can stand in one run: all dimensions but the outermost are equal. */
  boolean fits(PendingRequest other) {
    for (int i = 0; i < inputs.length; i++) {
      if (!sameRow(inputs[i].shape(), other.inputs[i].shape())) {
        return false;
      }
    }
    return modelParameters().equals(other.modelParameters());
  }

  private Map<String, Object> modelParameters() {
    if (modelParameters == null) {
      modelParameters = Scheduling.modelParameters(request.parameters());
    }
    return modelParameters;
  }

  private static boolean sameRow(Shape one, Shape other) {
    for (int i = 1; i < one.rank(); i++) {
      if (one.dimension(i) != other.dimension(i)) {
        return false;
      }
    }
    return true;
  }
}
