package dev.brink.dispatch;

import io.vertx.core.Vertx;
import java.time.Duration;

/** Does something later, so that time can be moved by hand in tests. */
@FunctionalInterface
public interface Timers {

  /** Runs {@code action} after {@code delay}, unless the returned action is run before. */
  Runnable after(Duration delay, Runnable action);

  static Timers of(Vertx vertx) {
    return (delay, action) -> {
      long timer = vertx.setTimer(Math.max(1, delay.toMillis()), fired -> action.run());
      return () -> vertx.cancelTimer(timer);
    };
  }
}
