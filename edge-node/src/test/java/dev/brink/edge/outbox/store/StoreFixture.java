package dev.brink.edge.outbox.store;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.resilience.ManualTicker;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/**
 * A store in a folder of the test's, its clocks moved by hand, opened and closed as often as told.
 */
public final class StoreFixture implements AutoCloseable {

  public final ManualWall wall = new ManualWall();
  public final ManualTicker ticker = new ManualTicker();
  private final StoreSettings settings;
  private JobStore store;

  public StoreFixture(Path folder, UnaryOperator<StoreSettings> change) {
    this.settings = change.apply(StoreSettings.at(folder.resolve("outbox.db")).withMinFree(0));
    this.store = JobStore.open(settings, wall, ticker);
  }

  public StoreFixture(Path folder) {
    this(folder, settings -> settings);
  }

  public JobStore store() {
    return store;
  }

  public Path file() {
    return settings.path();
  }

  public void reopen() throws IOException {
    store.close();
    store = JobStore.open(settings, wall, ticker);
  }

  /** Time passes for both clocks. */
  public void advance(Duration by) {
    wall.advance(by);
    ticker.advance(by);
  }

  public Accepted accept(String id) {
    return await(store.accept(job(id, "", 0, "request of " + id)));
  }

  public static NewJob job(String id, String key, int priority, String request) {
    byte[] body = request.getBytes(StandardCharsets.UTF_8);
    return new NewJob(
        id,
        "tenant",
        key,
        () -> request,
        "intent",
        "1",
        priority,
        "",
        "",
        Duration.ofDays(7),
        () -> body,
        body.length);
  }

  public static String newId() {
    return UUID.randomUUID().toString();
  }

  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(failure.getCause());
    } catch (InterruptedException | TimeoutException failure) {
      throw new AssertionError(failure);
    }
  }

  public static InferenceError errorOf(Future<?> future) {
    try {
      Object result = await(future);
      throw new AssertionError("succeeded: " + result);
    } catch (InferenceException failure) {
      return failure.error();
    }
  }

  @Override
  public void close() throws IOException {
    store.close();
  }
}
