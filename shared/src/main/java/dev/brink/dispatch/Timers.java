package dev.brink.dispatch;

import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Does something later, so that time can be moved by hand in tests. */
@FunctionalInterface
public interface Timers {

  /** Runs {@code action} after {@code delay}, unless the returned action is run before. */
  Runnable after(Duration delay, Runnable action);

  /**
   * On the context of whoever sets it. Every request sets some and hardly any goes off: these are
   * the event loop's own, without what Vert.x keeps of its timers.
   */
  static Timers of(Vertx vertx) {
    return (delay, action) -> {
      ContextInternal context = ((VertxInternal) vertx).getOrCreateContext();
      ScheduledFuture<?> timer =
          context
              .nettyEventLoop()
              .schedule(
                  () -> context.runOnContext(due -> action.run()),
                  delay.toNanos(),
                  TimeUnit.NANOSECONDS);
      return () -> timer.cancel(false);
    };
  }
}
