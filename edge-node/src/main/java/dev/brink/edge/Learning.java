package dev.brink.edge;

import dev.brink.edge.trace.TraceRecorder;
import dev.brink.model.ModelSettings;
import dev.brink.resilience.Ticker;
import dev.brink.routing.CascadeFeedback;
import dev.brink.routing.ObjectiveController;
import dev.brink.serving.ModelHost;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Where learning starts, what is kept of it, and the trace of what it learned from: files, never
 * touched on an event loop.
 */
final class Learning {

  private static final long SECOND_MILLIS = 1000;

  private final Vertx vertx;
  private final Calibrations calibrations;
  private final LearnedFile learned;
  private final Duration saveEvery;
  private final ObjectiveController objectives;
  private final Optional<TraceRecorder> trace;
  private long secondTimer = -1;
  private long saveTimer = -1;
  private Future<Void> flushed = Future.succeededFuture();

  Learning(
      Vertx vertx,
      ModelHost models,
      ObjectiveController objectives,
      EdgeConfig config,
      Ticker ticker) {
    this.vertx = vertx;
    this.objectives = objectives;
    this.trace =
        config.routing().trace().map(file -> recorder(file, models, objectives, config, ticker));
    this.calibrations = new Calibrations(config.models().path(), models, objectives);
    this.learned =
        new LearnedFile(config.routing().learnedBeside(config.outbox().path()), objectives);
    this.saveEvery = config.routing().saveEvery();
  }

  private static TraceRecorder recorder(
      Path file,
      ModelHost models,
      ObjectiveController objectives,
      EdgeConfig config,
      Ticker ticker) {
    return new TraceRecorder(
        objectives,
        request ->
            models
                .settings(request.modelName(), request.modelVersion())
                .flatMap(ModelSettings::cascade),
        file,
        config.routing().traceMax().bytes(),
        ticker,
        System::currentTimeMillis);
  }

  /** Who is to be told of verdicts. */
  CascadeFeedback feedback() {
    return trace.<CascadeFeedback>map(recorder -> recorder).orElse(objectives);
  }

  /** Completes when what is known from before is in force. */
  Future<Void> start() {
    return blocking(
            () -> {
              calibrations.read();
              learned.read();
            })
        .onSuccess(
            read -> {
              secondTimer = vertx.setPeriodic(SECOND_MILLIS, fired -> follow());
              saveTimer =
                  vertx.setPeriodic(saveEvery.toMillis(), fired -> blocking(learned::write));
            });
  }

  Future<Void> close() {
    vertx.cancelTimer(secondTimer);
    vertx.cancelTimer(saveTimer);
    return blocking(
        () -> {
          learned.write();
          trace.ifPresent(TraceRecorder::flush);
        });
  }

  private void follow() {
    if (trace.isPresent() && flushed.isComplete()) { // a slow disk shall hold one thread, not all
      flushed = blocking(trace.get()::flush);
    }
    if (calibrations.isStale()) {
      blocking(calibrations::read);
    }
  }

  private Future<Void> blocking(Runnable work) {
    return vertx.executeBlocking(
        () -> {
          work.run();
          return null;
        },
        false);
  }
}
