package dev.brink.cluster;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits in tests, for a bounded time. */
public final class Conditions {

  private static final int SECONDS = 30;
  private static final int POLL_MILLIS = 20;

  private Conditions() {}

  /** The result of {@code future}; fails the test where it fails or does not come. */
  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }

  /** How {@code future} fails; fails the test where it does not. */
  public static Throwable awaitFailure(Future<?> future) {
    return await(future.map((Throwable) null).recover(Future::succeededFuture));
  }

  /** Returns when {@code condition} holds; fails the test where it never does. */
  public static void awaitUntil(Vertx vertx, BooleanSupplier condition) {
    Promise<Void> holds = Promise.promise();
    long timer =
        vertx.setPeriodic(
            1,
            POLL_MILLIS,
            tick -> {
              if (condition.getAsBoolean()) {
                holds.tryComplete();
              }
            });
    await(holds.future().onComplete((done, failure) -> vertx.cancelTimer(timer)));
  }
}
