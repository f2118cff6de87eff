package dev.brink.management;

import dev.brink.model.ModelCatalog;
import dev.brink.model.ModelDescription;
import dev.brink.model.ModelState;
import dev.brink.model.ModelVersionStatus;
import dev.brink.telemetry.LabelledValue;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The models of a node as health, console and metrics show them. */
public final class ModelSections {

  private ModelSections() {}

  /** Ready when every model that must be loaded is. */
  public static HealthStatus health(ModelCatalog catalog) {
    JsonObject states = new JsonObject();
    for (ModelVersionStatus version : catalog.index()) {
      String name = version.version().isEmpty() ? "" : "/" + version.version();
      states.put(version.name() + name, word(version.state()) + reason(version));
    }
    return HealthStatus.of(catalog.isReady(), JsonObject.of("models", states));
  }

  private static String reason(ModelVersionStatus version) {
    return version.reason().isEmpty() ? "" : ": " + version.reason();
  }

  public static ConsoleSection console(ModelCatalog catalog) {
    return new ConsoleSection("Models", () -> JsonObject.of("models", rows(catalog)));
  }

  private static JsonArray rows(ModelCatalog catalog) {
    JsonArray rows = new JsonArray();
    for (ModelVersionStatus version : catalog.index()) {
      JsonObject row =
          JsonObject.of(
              "model", version.name(),
              "version", version.version(),
              "state", word(version.state()) + reason(version));
      catalog
          .find(version.name(), version.version())
          .ifPresent(model -> new TreeMap<>(model.properties()).forEach(row::put));
      rows.add(row);
    }
    return rows;
  }

  /** Lines of {@code brink_model_state}: 1 for the state a version is in. */
  public static List<LabelledValue> states(ModelCatalog catalog) {
    return catalog.index().stream().map(ModelSections::line).toList();
  }

  /**
   * Lines of {@code brink_model_device}: 1 for each device that a version runs on, beside the order
   * in which its providers were asked for.
   */
  public static List<LabelledValue> devices(ModelCatalog catalog) {
    return catalog.index().stream()
        .flatMap(version -> catalog.find(version.name(), version.version()).stream())
        .distinct()
        .flatMap(ModelSections::devices)
        .toList();
  }

  private static Stream<LabelledValue> devices(ModelDescription model) {
    String order = model.properties().getOrDefault("execution_provider_order", "");
    return Stream.of(model.properties().getOrDefault("execution_device", "").split(","))
        .filter(device -> !device.isEmpty())
        .map(device -> device(model, order, device));
  }

  private static LabelledValue device(ModelDescription model, String order, String device) {
    Map<String, String> labels =
        Map.of("model", model.name(), "version", model.version(), "device", device, "order", order);
    return new LabelledValue(new TreeMap<>(labels), 1);
  }

  private static LabelledValue line(ModelVersionStatus version) {
    Map<String, String> labels =
        Map.of(
            "model", version.name(),
            "version", version.version(),
            "state", word(version.state()));
    return new LabelledValue(new TreeMap<>(labels), 1);
  }

  private static String word(ModelState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }
}
