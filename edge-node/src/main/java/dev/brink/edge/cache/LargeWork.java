package dev.brink.edge.cache;

import io.vertx.core.Future;
import java.util.concurrent.Callable;

/** Does at once what is small, and what would hold up an event loop on another thread. */
@FunctionalInterface
public interface LargeWork {

  /**
   * @param bytes that {@code work} has to go through
   * @return completes on the caller's Vert.x context where there is one
   */
  <T> Future<T> run(long bytes, Callable<T> work);
}
