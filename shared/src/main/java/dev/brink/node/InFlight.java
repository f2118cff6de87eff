package dev.brink.node;

import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Knows when a node has finished what it took on. */
final class InFlight implements InferenceService {

  private static final long LOOK_MILLIS = 20;

  private final InferenceService inner;
  private final AtomicLong count = new AtomicLong();

  InFlight(InferenceService inner) {
    this.inner = inner;
  }

  @Override
  public Future<InferenceResult> infer(InferenceRequest request) {
    count.incrementAndGet();
    return inner.infer(request).onComplete((result, failure) -> count.decrementAndGet());
  }

  /** Completes when nothing is in flight, or after {@code atMost}. */
  Future<Void> whenIdle(Vertx vertx, Duration atMost) {
    if (count.get() == 0) {
      return Future.succeededFuture();
    }
    Promise<Void> idle = Promise.promise();
    long end = System.nanoTime() + atMost.toNanos();
    vertx.setPeriodic(
        LOOK_MILLIS,
        timer -> {
          if (count.get() == 0 || System.nanoTime() - end > 0) {
            vertx.cancelTimer(timer);
            idle.tryComplete();
          }
        });
    return idle.future();
  }
}
