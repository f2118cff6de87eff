package dev.brink.edge;

import dev.brink.edge.outbox.Jobs;
import dev.brink.edge.outbox.store.JobState;
import dev.brink.edge.outbox.store.Usage;
import dev.brink.telemetry.LabelledValue;
import dev.brink.telemetry.Telemetry;
import io.micrometer.core.instrument.FunctionCounter;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What waits in the outbox, as metrics. */
final class OutboxMeters {

  private OutboxMeters() {}

  static void register(Jobs jobs, Telemetry telemetry) {
    telemetry.gauges(
        "brink_outbox_jobs", "Jobs kept, by state", () -> byState(jobs.stats().usage()));
    telemetry.gauge(
        "brink_outbox_bytes",
        "Bytes of requests and results kept",
        () -> jobs.stats().usage().bytes());
    telemetry.gauge(
        "brink_outbox_oldest_seconds",
        "Age of the oldest queued job",
        () -> jobs.stats().oldestSeconds());
    telemetry.gauge(
        "brink_outbox_writable",
        "1 where jobs can be taken, 0 where not",
        () -> jobs.stats().problem().isEmpty() ? 1 : 0);
    telemetry.gauge(
        "brink_outbox_lost_commits",
        "Acknowledged commits that were missing when the file was opened",
        () -> jobs.outbox().store().lostCommits());
    FunctionCounter.builder("brink_outbox_expired", jobs, any -> jobs.stats().expired())
        .description("Jobs that expired before they were done")
        .register(telemetry.registry());
  }

  private static List<LabelledValue> byState(Usage usage) {
    return Arrays.stream(JobState.values())
        .map(state -> new LabelledValue(Map.of("state", state.wireName()), usage.count(state)))
        .toList();
  }
}
