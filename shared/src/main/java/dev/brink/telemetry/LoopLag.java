package dev.brink.telemetry;

import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.function.DoubleSupplier;

/**
 * How late timers fire: a loop that is late answers late. Each loop has a verticle that notes by
 * how much its timer missed; reading the worst of them in seconds starts anew.
 */
final class LoopLag implements DoubleSupplier {

  private static final long PERIOD_MILLIS = 250;

  private final LongAccumulator worstNanos = new LongAccumulator(Math::max, 0);

  Future<Void> watch(Vertx vertx, int eventLoops) {
    DeploymentOptions onePerLoop = new DeploymentOptions().setInstances(eventLoops);
    return vertx.deployVerticle(Probe::new, onePerLoop).mapEmpty();
  }

  @Override
  public double getAsDouble() {
    return worstNanos.getThenReset() / 1e9;
  }

  private final class Probe extends VerticleBase {

    private long last = System.nanoTime();

    @Override
    public Future<?> start() {
      vertx.setPeriodic(PERIOD_MILLIS, timer -> fired());
      return Future.succeededFuture();
    }

    private void fired() {
      long now = System.nanoTime();
      worstNanos.accumulate(now - last - PERIOD_MILLIS * 1_000_000);
      last = now;
    }
  }
}
