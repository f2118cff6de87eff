package dev.brink.edge;

import dev.brink.routing.ObjectiveController;
import dev.brink.serving.ModelHost;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;

/** Where learning starts, and what is kept of it: files, never touched on an event loop. */
final class Learning {

  private static final long FOLLOW_MILLIS = 1000;

  private final Vertx vertx;
  private final Calibrations calibrations;
  private final LearnedFile learned;
  private final Duration saveEvery;
  private long followTimer = -1;
  private long saveTimer = -1;

  Learning(Vertx vertx, ModelHost models, ObjectiveController objectives, EdgeConfig config) {
    this.vertx = vertx;
    this.calibrations = new Calibrations(config.models().path(), models, objectives);
    this.learned =
        new LearnedFile(config.routing().learnedBeside(config.outbox().path()), objectives);
    this.saveEvery = config.routing().saveEvery();
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
              followTimer = vertx.setPeriodic(FOLLOW_MILLIS, fired -> follow());
              saveTimer =
                  vertx.setPeriodic(saveEvery.toMillis(), fired -> blocking(learned::write));
            });
  }

  Future<Void> close() {
    vertx.cancelTimer(followTimer);
    vertx.cancelTimer(saveTimer);
    return blocking(learned::write);
  }

  private void follow() {
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
