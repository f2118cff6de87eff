package dev.brink.oip.http;

import dev.brink.inference.InferenceError;
import dev.brink.oip.json.JsonReader;
import dev.brink.oip.json.JsonWriter;
import dev.brink.oip.rules.LogSettings;
import dev.brink.oip.rules.TraceSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Trace and log settings, in Triton's terms. */
final class SettingsApi {

  /** Bytes that a setting takes in memory beside a long text. */
  private static final int SETTING_COST = 256;

  private final LogSettings log;
  private final JsonBodies bodies;

  SettingsApi(LogSettings log, JsonBodies bodies) {
    this.log = log;
    this.bodies = bodies;
  }

  void logging(Exchange exchange) {
    JsonWriter json = new JsonWriter(256).beginObject();
    log.current()
        .forEach(
            (name, value) -> {
              switch (value) {
                case Boolean flag -> json.member(name, flag);
                case Long number -> json.member(name, number);
                default -> json.member(name, value.toString());
              }
            });
    Answers.json(exchange.response(), json.endObject());
  }

  void changeLogging(Exchange exchange) {
    bodies.read(
        exchange,
        SettingsApi::logChanges,
        changes -> {
          log.change(changes);
          logging(exchange);
        });
  }

  private static Map<String, Object> logChanges(JsonReader json) {
    Map<String, Object> changes = new LinkedHashMap<>();
    while (json.nextMember()) {
      String name = json.name();
      json.requireMemory(SETTING_COST);
      changes.put(
          name,
          switch (json.peek()) {
            case BOOLEAN -> json.bool(name);
            case NUMBER -> json.unsigned(name);
            case STRING -> json.string(name);
            case OBJECT, ARRAY, NULL ->
                throw InferenceError.invalid(
                    "log setting '%s' is no boolean, number or string".formatted(name));
          });
    }
    return changes;
  }

  void trace(Exchange exchange) {
    JsonWriter json = new JsonWriter(256).beginObject();
    TraceSettings.current()
        .forEach(
            (name, values) -> {
              if (name.equals("trace_level")) {
                json.name(name).beginArray();
                values.forEach(json::string);
                json.endArray();
              } else {
                json.member(name, values.getFirst());
              }
            });
    Answers.json(exchange.response(), json.endObject());
  }

  void changeTrace(Exchange exchange) {
    bodies.read(
        exchange,
        SettingsApi::traceChanges,
        changes -> {
          TraceSettings.check(changes);
          trace(exchange);
        });
  }

  private static Map<String, Optional<List<String>>> traceChanges(JsonReader json) {
    Map<String, Optional<List<String>>> changes = new LinkedHashMap<>();
    while (json.nextMember()) {
      String name = json.name();
      json.requireMemory(SETTING_COST);
      changes.put(
          name,
          switch (json.peek()) {
            case NULL -> cleared(json);
            case STRING -> Optional.of(List.of(json.string(name)));
            case ARRAY -> Optional.of(texts(json, name));
            case OBJECT, NUMBER, BOOLEAN ->
                throw InferenceError.invalid(
                    "trace setting '%s' is no string, array of strings or null".formatted(name));
          });
    }
    return changes;
  }

  private static Optional<List<String>> cleared(JsonReader json) {
    json.skip();
    return Optional.empty();
  }

  private static List<String> texts(JsonReader json, String name) {
    List<String> texts = new ArrayList<>();
    json.beginArray(name);
    while (json.nextElement()) {
      json.requireMemory(SETTING_COST);
      texts.add(json.string(name));
    }
    return texts;
  }
}
