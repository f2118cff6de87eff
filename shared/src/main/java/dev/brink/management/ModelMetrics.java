package dev.brink.management;

import dev.brink.model.ModelActivity;
import dev.brink.model.ModelCatalog;
import dev.brink.telemetry.LabelledValue;
import dev.brink.telemetry.Telemetry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** What each version of a model does, as metrics; read when somebody looks, and not before. */
public final class ModelMetrics {

  private static final double NANOS = 1e9;

  private final ModelCatalog catalog;
  private final Telemetry telemetry;

  private ModelMetrics(ModelCatalog catalog, Telemetry telemetry) {
    this.catalog = catalog;
    this.telemetry = telemetry;
  }

  public static void register(ModelCatalog catalog, Telemetry telemetry) {
    ModelMetrics metrics = new ModelMetrics(catalog, telemetry);
    metrics.now();
    metrics.totals();
    metrics.learned();
  }

  private void now() {
    gauge("waiting_requests", "Requests in the queue", ModelActivity::waiting);
    gauge("in_flight", "Requests taken on and not yet ended", ModelActivity::inFlight);
    gauge("instances", "Runs that may be under way at once", ModelActivity::instances);
    gauge("memory_bytes", "Weights and instances", ModelActivity::memoryBytes);
  }

  private void totals() {
    counter("runs", "Runs of the model", ModelActivity::runs);
    counter("rows", "Rows in these runs", ModelActivity::rows);
    counter("busy_seconds", "Time in runs, of all instances", model -> model.busyNanos() / NANOS);
    telemetry.counters(
        "brink_model_unanswered",
        "Requests that got no answer from the model",
        () -> lines(model -> each(model, "reason", model.unanswered(), 1)));
  }

  private void learned() {
    gauge("learned_rows", "Most rows of a run that pay", ModelActivity::learnedRows);
    telemetry.gauges(
        "brink_model_run_seconds",
        "How long a run of so many rows is expected to take",
        () -> lines(model -> each(model, "rows", model.runNanos(), NANOS)));
  }

  private void gauge(String name, String description, ToDoubleFunction<ModelActivity> value) {
    telemetry.gauges(
        "brink_model_" + name, description, () -> lines(model -> Stream.of(one(model, value))));
  }

  private void counter(String name, String description, ToDoubleFunction<ModelActivity> value) {
    telemetry.counters(
        "brink_model_" + name, description, () -> lines(model -> Stream.of(one(model, value))));
  }

  private List<LabelledValue> lines(Function<ModelActivity, Stream<LabelledValue>> of) {
    return catalog.activity().stream().flatMap(of).toList();
  }

  private static LabelledValue one(ModelActivity model, ToDoubleFunction<ModelActivity> value) {
    return new LabelledValue(labels(model), value.applyAsDouble(model));
  }

  private static Stream<LabelledValue> each(
      ModelActivity model, String label, Map<?, Long> values, double unit) {
    return values.entrySet().stream()
        .map(
            entry -> {
              Map<String, String> labels = labels(model);
              labels.put(label, entry.getKey().toString());
              return new LabelledValue(labels, entry.getValue() / unit);
            });
  }

  private static Map<String, String> labels(ModelActivity model) {
    return new TreeMap<>(Map.of("model", model.name(), "version", model.version()));
  }
}
