package dev.brink.edge.outbox;

import dev.brink.edge.outbox.store.JobStore;
import dev.brink.edge.outbox.store.Swept;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Looks every few seconds for jobs past their time, and for the age of the oldest. */
final class Upkeep {

  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
  private static final long LOOK_MILLIS = 5_000;

  private final Vertx vertx;
  private final JobStore store;
  private final LongAdder expired = new LongAdder();
  private volatile Optional<Instant> oldest = Optional.empty();
  private long timer = -1;

  Upkeep(Vertx vertx, JobStore store) {
    this.vertx = vertx;
    this.store = store;
  }

  void start() {
    timer = vertx.setPeriodic(0, LOOK_MILLIS, ignored -> look());
  }

  void stop() {
    vertx.cancelTimer(timer);
  }

  private void look() {
    store.sweep().onSuccess(this::swept);
    store.oldestQueued().onSuccess(found -> oldest = found);
  }

  private void swept(Swept swept) {
    expired.add(swept.expired());
    if (swept.expired() > 0) {
      LOG.atWarn().addKeyValue("jobs", swept.expired()).log("jobs expired");
    }
    if (swept.more()) {
      store.sweep().onSuccess(this::swept);
    }
  }

  /** When the oldest queued job was accepted, as of the last look. */
  Optional<Instant> oldest() {
    return oldest;
  }

  long expired() {
    return expired.sum();
  }
}
