package dev.brink.edge.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A node's reply as people read it. */
record Answer(NodeClient.Reply reply) {

  private static final int SHOWN_VALUES = 4;

  /**
   * The first value of the output {@code label}; where there is none, what the outputs begin with.
   */
  String label() {
    return output("label")
        .map(label -> String.valueOf(label.getJsonArray("data").getValue(0)))
        .orElseGet(this::allOutputs);
  }

  String route() {
    return parameter("brink_route") + (Boolean.parseBoolean(degraded()) ? " (degraded)" : "");
  }

  String reason() {
    return parameter("brink_reason");
  }

  String confidence() {
    Object confidence = parameters().getValue("brink_confidence");
    return confidence instanceof Number number
        ? String.format(Locale.ROOT, "%.2f", number.doubleValue())
        : "-";
  }

  String millis() {
    return String.format(Locale.ROOT, "%.1f", reply.took().toNanos() / 1e6);
  }

  private String degraded() {
    return parameter("brink_degraded");
  }

  private String parameter(String name) {
    return String.valueOf(parameters().getValue(name, "-"));
  }

  private JsonObject parameters() {
    return reply.body().getJsonObject("parameters", new JsonObject());
  }

  private JsonArray outputs() {
    return reply.body().getJsonArray("outputs", new JsonArray());
  }

  private Optional<JsonObject> output(String name) {
    return outputs().stream()
        .map(JsonObject.class::cast)
        .filter(output -> name.equals(output.getString("name")))
        .findFirst();
  }

  private String allOutputs() {
    return outputs().stream()
        .map(JsonObject.class::cast)
        .map(output -> output.getString("name") + " " + beginning(output))
        .collect(Collectors.joining("; "));
  }

  private static String beginning(JsonObject output) {
    JsonArray data = output.getJsonArray("data", new JsonArray());
    String shown =
        data.stream().limit(SHOWN_VALUES).map(String::valueOf).collect(Collectors.joining(", "));
    return "[" + shown + (data.size() > SHOWN_VALUES ? ", …]" : "]");
  }
}
