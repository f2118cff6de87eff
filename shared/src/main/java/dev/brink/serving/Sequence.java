package dev.brink.serving;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.Tensor;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** One sequence under way: its state, and the last of its requests for the next one to follow. */
final class Sequence {

  private final int maxWaiting;
  private final AtomicInteger waiting = new AtomicInteger();
  private List<Tensor> state;
  private Future<?> last = Future.succeededFuture();
  private volatile boolean ending;
  private volatile long usedNanos;

  Sequence(List<Tensor> state, int maxWaiting) {
    this.state = state;
    this.maxWaiting = maxWaiting;
  }

  /**
   * Runs {@code step} after the steps before it. What waits behind a step that fails is not run:
   * its caller thought of another state.
   */
  Future<InferenceResult> then(Supplier<Future<InferenceResult>> step) {
    if (waiting.incrementAndGet() > maxWaiting) {
      waiting.decrementAndGet();
      return InferenceException.failed(
          new InferenceError.Overloaded(
              "the sequence has %d requests waiting (limit)".formatted(maxWaiting),
              Duration.ofMillis(100)));
    }
    Promise<InferenceResult> answer = Promise.promise();
    answer.future().onComplete(ignored -> waiting.decrementAndGet());
    Future<?> before = follow(answer.future());
    if (before.isComplete()) {
      answered(step).onComplete(answer);
    } else {
      Context caller = Vertx.currentContext();
      before.onComplete(
          done -> {
            if (done.failed()) {
              answer.fail(notReached());
            } else {
              on(caller, () -> answered(step).onComplete(answer));
            }
          });
    }
    return answer.future();
  }

  private synchronized Future<?> follow(Future<?> next) {
    Future<?> before = last;
    last = next;
    return before;
  }

  private static Future<InferenceResult> answered(Supplier<Future<InferenceResult>> step) {
    try {
      return step.get();
    } catch (RuntimeException refused) {
      return Future.failedFuture(refused);
    }
  }

  private static InferenceException notReached() {
    return new InferenceError.Conflict("not run: the request of the sequence before it failed")
        .asException();
  }

  private static void on(Context caller, Runnable task) {
    if (caller == null) {
      task.run();
    } else {
      caller.runOnContext(ignored -> task.run());
    }
  }

  synchronized List<Tensor> state() {
    return state;
  }

  synchronized void goOn(List<Tensor> next) {
    state = next;
  }

  /** Whether its last request has come, though it may not be answered yet. */
  boolean isEnding() {
    return ending;
  }

  void ending(boolean now) {
    ending = now;
  }

  void touch(long nowNanos) {
    usedNanos = nowNanos;
  }

  boolean isUsedSince(long nanos) {
    return usedNanos - nanos >= 0;
  }

  boolean isWaitedFor() {
    return waiting.get() > 0;
  }
}
