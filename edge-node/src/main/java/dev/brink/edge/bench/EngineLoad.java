package dev.brink.edge.bench;

import dev.brink.config.ModelsSection;
import dev.brink.edge.cli.CommandFailure;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Route;
import dev.brink.inference.Tensor;
import dev.brink.model.ModelDescription;
import dev.brink.model.ModelState;
import dev.brink.model.ModelStatistics;
import dev.brink.model.ModelVersionStatus;
import dev.brink.resilience.Ticker;
import dev.brink.serving.ModelHost;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/** A node's engine with one model, asked for one row at a time by callers that never pause. */
final class EngineLoad implements AutoCloseable {

  /** Enough for two runs under way and a third that waits. */
  private static final int RUNS_IN_FLIGHT = 3;

  /** Share of a window in which the load only builds up. */
  private static final double BUILD_UP = 0.1;

  private final Vertx vertx = Vertx.vertx();
  private final ModelHost host;
  private final String model;
  private final int inFlight;
  private final Semaphore room;
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();

  private EngineLoad(GpuModel model, int rows) {
    this.host =
        new ModelHost(
            vertx, ModelsSection.of(model.repository()), "bench", Route.CLOUD, Ticker.system());
    this.model = model.name();
    this.inFlight = RUNS_IN_FLIGHT * rows;
    this.room = new Semaphore(inFlight);
  }

  /**
   * @param rows most rows in a run
   * @throws CommandFailure where the model cannot be loaded, with the reason
   */
  static EngineLoad start(GpuModel model, int rows) {
    EngineLoad load = new EngineLoad(model, rows);
    try {
      await(load.host.start());
      load.requireReady();
      return load;
    } catch (RuntimeException refused) {
      load.close();
      throw refused;
    }
  }

  private void requireReady() {
    ModelVersionStatus status = host.index().get(0);
    if (status.state() != ModelState.READY) {
      throw CommandFailure.failed(
          "%s\nThis needs a GPU with CUDA 12 and cuDNN 9, and a build with ./mvnw -Pgpu package."
              .formatted(status.reason()));
    }
  }

  ModelDescription description() {
    return host.describe(model, "");
  }

  /** What its instances run on now. */
  String device() {
    return description().properties().get("execution_device");
  }

  EngineRate measure(double seconds) {
    List<Tensor> row = MadeUpRows.of(description(), 1);
    ask(row, seconds * BUILD_UP);
    ModelStatistics before = statistics();
    long start = System.nanoTime();
    long answeredBefore = answered.get();
    ask(row, seconds * (1 - BUILD_UP));
    double rows = answered.get() - answeredBefore;
    double measured = (System.nanoTime() - start) / 1e9;
    ModelStatistics after = statistics();
    drain();
    double runs = Math.max(1, after.executions() - before.executions());
    return new EngineRate(rows / measured, (after.inferences() - before.inferences()) / runs);
  }

  private void ask(List<Tensor> row, double seconds) {
    long end = System.nanoTime() + (long) (seconds * 1e9);
    while (System.nanoTime() < end) {
      room.acquireUninterruptibly();
      host.inference()
          .infer(request(row))
          .onSuccess(answer -> answered.incrementAndGet())
          .onFailure(failure -> failed.incrementAndGet())
          .onComplete(ended -> room.release());
    }
  }

  private void drain() {
    room.acquireUninterruptibly(inFlight);
    room.release(inFlight);
    if (failed.get() > 0) {
      throw CommandFailure.failed(failed + " requests failed, so there is nothing to compare");
    }
  }

  private ModelStatistics statistics() {
    return host.statistics(model, "").get(0);
  }

  private InferenceRequest request(List<Tensor> row) {
    RequestContext context = RequestContext.until(new Deadline(Long.MAX_VALUE));
    return new InferenceRequest(model, "", "", Parameters.none(), row, List.of(), context);
  }

  private static void await(Future<Void> future) {
    future.toCompletionStage().toCompletableFuture().join();
  }

  @Override
  public void close() {
    await(host.close().eventually(vertx::close));
  }
}
