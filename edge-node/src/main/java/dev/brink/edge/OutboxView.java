package dev.brink.edge;

import dev.brink.edge.outbox.JobStats;
import dev.brink.edge.outbox.Jobs;
import dev.brink.management.ConsoleSection;
import io.vertx.core.json.JsonObject;

/** What waits in the outbox, as the console shows it. */
final class OutboxView {

  private final Jobs jobs;

  OutboxView(Jobs jobs) {
    this.jobs = jobs;
  }

  ConsoleSection section() {
    return new ConsoleSection("Outbox", this::state);
  }

  private JsonObject state() {
    JobStats stats = jobs.stats();
    return JsonObject.of(
        "waiting",
        stats.usage().depth(),
        "in all",
        stats.usage().total(),
        "bytes",
        stats.usage().bytes(),
        "oldest s",
        stats.oldestSeconds(),
        "expired",
        stats.expired(),
        "problem",
        stats.problem());
  }
}
