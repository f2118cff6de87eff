package dev.brink.serving;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one thread on which models are loaded and unloaded, one after the other. */
final class RepositoryThread implements AutoCloseable {

  interface Task {
    void run() throws IOException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(RepositoryThread.class);

  private final ExecutorService thread =
      Executors.newSingleThreadExecutor(
          task -> Thread.ofPlatform().daemon().name("brink-models").unstarted(task));

  /** Runs {@code task} when those before it are done; completes on the caller's context. */
  Future<Void> run(Task task) {
    Promise<Void> done = Promise.promise();
    Context caller = Vertx.currentContext();
    try {
      thread.execute(
          () -> {
            Optional<Throwable> failure = attempt(task);
            Runnable settle = () -> failure.ifPresentOrElse(done::fail, done::complete);
            if (caller == null) {
              settle.run();
            } else {
              caller.runOnContext(ignored -> settle.run());
            }
          });
    } catch (RejectedExecutionException closed) {
      done.fail(closed);
    }
    return done.future();
  }

  private static Optional<Throwable> attempt(Task task) {
    try {
      task.run();
      return Optional.empty();
    } catch (IOException | RuntimeException failure) {
      return Optional.of(failure);
    } catch (Error fatal) {
      LOG.error("models not loaded", fatal);
      return Optional.of(fatal);
    }
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
