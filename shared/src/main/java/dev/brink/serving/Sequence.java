package dev.brink.serving;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.Tensor;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;

/** One sequence under way: its state, and the last of its requests for the next one to follow. */
final class Sequence {

  private final int maxWaiting;
  private List<Tensor> state;
  private Future<?> last = Future.succeededFuture();
  private int waiting;
  private long usedNanos;

  Sequence(List<Tensor> state, int maxWaiting) {
    this.state = state;
    this.maxWaiting = maxWaiting;
  }

  /** Runs {@code step} after the steps before it, however those ended. */
  synchronized Future<InferenceResult> then(Supplier<Future<InferenceResult>> step) {
    if (waiting >= maxWaiting) {
      throw new InferenceError.Overloaded(
              "the sequence has %d requests waiting (limit)".formatted(waiting),
              Duration.ofMillis(100))
          .asException();
    }
    waiting++;
    Context caller = Vertx.currentContext();
    Future<InferenceResult> answer =
        last.isComplete() ? step.get() : last.transform(ignored -> on(caller, step));
    last = answer;
    return answer.onComplete(ignored -> leave());
  }

  private static Future<InferenceResult> on(
      Context caller, Supplier<Future<InferenceResult>> step) {
    if (caller == null) {
      return step.get();
    }
    Promise<InferenceResult> answer = Promise.promise();
    caller.runOnContext(ignored -> step.get().onComplete(answer));
    return answer.future();
  }

  private synchronized void leave() {
    waiting--;
  }

  synchronized List<Tensor> state() {
    return state;
  }

  synchronized void goOn(List<Tensor> next) {
    state = next;
  }

  synchronized void touch(long nowNanos) {
    usedNanos = nowNanos;
  }

  synchronized boolean isIdleSince(long nanos) {
    return waiting == 0 && usedNanos - nanos < 0;
  }
}
