package dev.brink.edge;

import dev.brink.management.ConsoleSection;
import dev.brink.routing.ObjectiveController;
import dev.brink.routing.ObjectiveStatus;
import dev.brink.telemetry.LabelledValue;
import dev.brink.telemetry.Telemetry;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** What the objectives come to now, as console and metrics show it. */
final class ObjectivesView {

  private final ObjectiveController objectives;

  ObjectivesView(ObjectiveController objectives) {
    this.objectives = objectives;
  }

  ConsoleSection section() {
    return new ConsoleSection("Cascade", this::state);
  }

  void measure(Telemetry telemetry) {
    gauge(
        telemetry,
        "brink_cascade_threshold",
        "Confidence below which an answer counts as hard",
        ObjectiveStatus::threshold);
    gauge(
        telemetry,
        "brink_cascade_price",
        "Price of an escalation, as a probability of a wrong answer",
        ObjectiveStatus::price);
    gauge(
        telemetry,
        "brink_cascade_escalated_ratio",
        "Share of the traffic that is escalated",
        ObjectiveStatus::escalated);
  }

  private void gauge(
      Telemetry telemetry,
      String name,
      String description,
      ToDoubleFunction<ObjectiveStatus> value) {
    telemetry.gauges(
        name, description, () -> objectives.status().stream().map(it -> line(it, value)).toList());
  }

  private static LabelledValue line(
      ObjectiveStatus status, ToDoubleFunction<ObjectiveStatus> value) {
    return new LabelledValue(
        new TreeMap<>(Map.of("model", status.model(), "tenant", status.tenant())),
        value.applyAsDouble(status));
  }

  private JsonObject state() {
    List<JsonObject> rows = objectives.status().stream().map(ObjectivesView::row).toList();
    return JsonObject.of("objectives", new JsonArray(rows));
  }

  private static JsonObject row(ObjectiveStatus status) {
    return JsonObject.of(
        "model",
        status.tenant().isEmpty() ? status.model() : status.model() + " of " + status.tenant(),
        "agreement",
        status.agreement() == 0 ? "none" : rounded(status.agreement()),
        "threshold",
        rounded(status.threshold()),
        "price",
        rounded(status.price()),
        "escalated",
        rounded(status.escalated()),
        "budget left",
        rounded(status.budgetLeft()));
  }

  private static String rounded(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }
}
