package dev.brink.telemetry;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * The request metrics as running totals for a reader who takes differences, such as the console.
 */
public final class RequestSummary {

  private final MeterRegistry registry;
  private final Metrics metrics;

  public RequestSummary(Telemetry telemetry, Metrics metrics) {
    this.registry = telemetry.registry();
    this.metrics = metrics;
  }

  /**
   * {@code inFlight}; {@code requests}, one row for each model, route, reason and status; {@code
   * latency}, for each route the cumulative counts of its buckets and their upper bounds in
   * seconds.
   */
  public JsonObject toJson() {
    return JsonObject.of(
        "inFlight", metrics.inFlight(), "requests", requests(), "latency", latency());
  }

  private JsonArray requests() {
    JsonArray rows = new JsonArray();
    registry.find("brink_requests").counters().stream()
        .sorted(Comparator.comparing(counter -> counter.getId().getTags().toString()))
        .forEach(counter -> rows.add(row(counter)));
    return rows;
  }

  private static JsonObject row(Counter counter) {
    JsonObject row = new JsonObject();
    for (String label : List.of("model", "route", "reason", "status")) {
      row.put(label, counter.getId().getTag(label));
    }
    return row.put("count", (long) counter.count());
  }

  private JsonArray latency() {
    JsonArray routes = new JsonArray();
    registry.find("brink_request").timers().stream()
        .map(timer -> timer.getId().getTag("route"))
        .filter(Objects::nonNull)
        .distinct()
        .sorted()
        .forEach(route -> routes.add(latency(route)));
    return routes;
  }

  private JsonObject latency(String route) {
    List<CountAtBucket[]> models =
        registry.find("brink_request").tag("route", route).timers().stream()
            .map(Timer::takeSnapshot)
            .map(snapshot -> snapshot.histogramCounts())
            .toList();
    List<Double> bounds =
        Arrays.stream(models.getFirst()).map(bucket -> bucket.bucket(TimeUnit.SECONDS)).toList();
    List<Long> counts =
        IntStream.range(0, bounds.size())
            .mapToObj(i -> models.stream().mapToLong(model -> (long) model[i].count()).sum())
            .toList();
    return JsonObject.of(
        "route", route, "bounds", new JsonArray(bounds), "counts", new JsonArray(counts));
  }
}
