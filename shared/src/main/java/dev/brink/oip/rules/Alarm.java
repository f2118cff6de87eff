package dev.brink.oip.rules;

import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * Goes off on its context once, unless it is called off before. Every request sets some and hardly
 * any goes off, so that setting one has to be cheap: this is the event loop's own, without what
 * Vert.x keeps of its timers.
 */
public final class Alarm {

  private final ScheduledFuture<?> scheduled;

  private Alarm(ScheduledFuture<?> scheduled) {
    this.scheduled = scheduled;
  }

  public static Alarm after(long nanos, ContextInternal context, Runnable action) {
    Runnable onContext = () -> context.runOnContext(ignored -> action.run());
    return new Alarm(context.nettyEventLoop().schedule(onContext, nanos, TimeUnit.NANOSECONDS));
  }

  public void callOff() {
    scheduled.cancel(false);
  }
}
