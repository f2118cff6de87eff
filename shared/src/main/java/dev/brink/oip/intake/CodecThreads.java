package dev.brink.oip.intake;

import static dev.brink.oip.intake.ContentCoding.IDENTITY;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * Where bodies are read and written: small ones at once, large ones on a few threads of their own,
 * so that no event loop is held up for longer than about a quarter of a millisecond.
 */
public final class CodecThreads {

  private static final long SMALL = 32 << 10;

  /** So many bytes of tensors as they are cost no more than one of text. */
  private static final int BINARY = 32;

  private final WorkerExecutor threads;

  public CodecThreads(Vertx vertx) {
    this.threads =
        vertx.createSharedWorkerExecutor(
            "brink-codec", Math.max(2, Runtime.getRuntime().availableProcessors()));
  }

  /** As {@link #run}, for {@code body}, all of it text. */
  public <T> Future<T> read(Body body, Callable<T> work) {
    return read(body, body.length(), work);
  }

  /**
   * As {@link #run}, for {@code body}: what a packed one comes to is not known before.
   *
   * @param text how many of its bytes are text; the others are hardly looked at
   */
  public <T> Future<T> read(Body body, int text, Callable<T> work) {
    return run(isPacked(body) ? Long.MAX_VALUE : text + (body.length() - text) / BINARY, work);
  }

  private static boolean isPacked(Body body) {
    return !body.encoding().isEmpty()
        && !ContentCoding.named(body.encoding()).equals(Optional.of(IDENTITY));
  }

  /**
   * @param bytes that {@code work} has to go through
   */
  public <T> Future<T> run(long bytes, Callable<T> work) {
    if (bytes > SMALL) {
      return threads.executeBlocking(work, false);
    }
    try {
      return Future.succeededFuture(work.call());
    } catch (Exception failure) {
      return Future.failedFuture(failure);
    }
  }
}
