package dev.brink.edge.outbox;

import dev.brink.inference.InferenceService;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.random.RandomGenerator;

/** Everything about jobs, wired: taking, sending, giving out, forgetting. */
public final class Jobs {

  private final Vertx vertx;
  private final Outbox outbox;
  private final Drain drain;
  private final Callbacks callbacks;
  private final Upkeep upkeep;
  private final InstantSource wall;

  private Jobs(
      Vertx vertx,
      Outbox outbox,
      Drain drain,
      Callbacks callbacks,
      Upkeep upkeep,
      InstantSource wall) {
    this.vertx = vertx;
    this.outbox = outbox;
    this.drain = drain;
    this.callbacks = callbacks;
    this.upkeep = upkeep;
    this.wall = wall;
  }

  /**
   * Opens the outbox and starts to send what it holds. Never fails: an outbox that cannot be used
   * refuses jobs and leaves everything else alone.
   *
   * @param uplink where jobs are sent, their id as the idempotency key
   * @param linkUp whether the cloud can be reached
   * @param room how many jobs the uplink takes now beside live traffic
   */
  public static Jobs start(
      Vertx vertx,
      OutboxSettings settings,
      InferenceService uplink,
      BooleanSupplier linkUp,
      IntSupplier room) {
    InstantSource wall = InstantSource.system();
    Ticker ticker = Ticker.system();
    RandomGenerator random = RandomGenerator.getDefault();
    Outbox outbox = Outbox.open(settings, wall, ticker);
    Callbacks callbacks = new Callbacks(vertx, outbox.store(), settings.callback(), wall, random);
    Drain drain =
        new Drain(
            vertx,
            outbox.store(),
            uplink,
            linkUp,
            room,
            () -> {},
            settings.drain(),
            ticker,
            random);
    Upkeep upkeep = new Upkeep(vertx, outbox.store());
    drain.start();
    callbacks.start();
    upkeep.start();
    return new Jobs(vertx, outbox, drain, callbacks, upkeep, wall);
  }

  /** Takes jobs. */
  public Outbox outbox() {
    return outbox;
  }

  /**
   * The routes under {@code /v2/jobs}.
   *
   * @param tenantOf who asks; empty where the node knows no tenants
   */
  public JobsApi api(Function<RoutingContext, String> tenantOf) {
    return new JobsApi(outbox.store(), drain::cancel, tenantOf);
  }

  public JobStats stats() {
    long oldest =
        upkeep
            .oldest()
            .map(since -> Duration.between(since, wall.instant()).toSeconds())
            .orElse(0L);
    return new JobStats(
        outbox.store().usage(), Math.max(0, oldest), upkeep.expired(), outbox.store().problem());
  }

  /** Sends nothing more, writes what waits, closes the file. */
  public Future<Void> close() {
    upkeep.stop();
    return drain
        .stop()
        .eventually(callbacks::stop)
        .eventually(
            () ->
                vertx.executeBlocking(
                    () -> {
                      outbox.close();
                      return null;
                    },
                    false));
  }
}
