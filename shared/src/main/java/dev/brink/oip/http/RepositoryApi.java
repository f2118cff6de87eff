package dev.brink.oip.http;

import dev.brink.inference.InferenceError;
import dev.brink.model.ModelCatalog;
import dev.brink.model.ModelState;
import dev.brink.model.ModelVersionStatus;
import dev.brink.oip.json.JsonReader;
import dev.brink.oip.json.JsonWriter;
import dev.brink.oip.rules.RepositoryRules;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

/** {@code /v2/repository}: what is in it, what shall be loaded and unloaded. */
final class RepositoryApi {

  /** Bytes that a parameter of a load takes in memory beside its value. */
  private static final int PARAMETER_COST = 256;

  private final ModelCatalog catalog;
  private final RepositoryRules rules;
  private final JsonBodies bodies;

  RepositoryApi(ModelCatalog catalog, RepositoryRules rules, JsonBodies bodies) {
    this.catalog = catalog;
    this.rules = rules;
    this.bodies = bodies;
  }

  void index(Exchange exchange) {
    bodies.read(
        exchange, RepositoryApi::wantsReadyOnly, onlyReady -> answerIndex(exchange, onlyReady));
  }

  private static boolean wantsReadyOnly(JsonReader json) {
    boolean ready = false;
    while (json.nextMember()) {
      if (!json.name().equals("ready")) {
        json.skip();
      } else if (json.peek() == JsonReader.Kind.BOOLEAN) {
        ready = json.bool("ready");
      } else {
        throw InferenceError.invalid("Invalid value for 'ready': expected a boolean");
      }
    }
    return ready;
  }

  private void answerIndex(Exchange exchange, boolean onlyReady) {
    JsonWriter json = new JsonWriter(512).beginArray();
    catalog.index().stream()
        .filter(entry -> !onlyReady || entry.state() == ModelState.READY)
        .forEach(entry -> write(json, entry));
    Answers.json(exchange.response(), json.endArray());
  }

  private static void write(JsonWriter json, ModelVersionStatus entry) {
    json.beginObject().member("name", entry.name());
    if (!entry.version().isEmpty()) {
      json.member("version", entry.version());
    }
    json.member("state", entry.state().name()).member("reason", entry.reason()).endObject();
  }

  void load(Exchange exchange, String model) {
    bodies.read(
        exchange,
        RepositoryApi::loadParameters,
        parameters ->
            rules
                .load(model, parameters)
                .onSuccess(done -> Answers.empty(exchange.response()))
                .onFailure(exchange::fail));
  }

  private static Map<String, Object> loadParameters(JsonReader json) {
    Map<String, Object> parameters = new HashMap<>();
    while (json.nextMember()) {
      if (json.name().equals("parameters")) {
        json.beginObject("parameters");
        while (json.nextMember()) {
          String name = json.name();
          RepositoryRules.requireKnown(name);
          json.requireMemory(PARAMETER_COST + 2L * name.length());
          parameters.put(name, RepositoryRules.isFile(name) ? file(json, name) : json.string(name));
        }
      } else {
        json.skip();
      }
    }
    return parameters;
  }

  /** The only copy there is of a file beside the body. */
  private static byte[] file(JsonReader json, String name) {
    ByteBuffer base64 = json.utf8(name);
    json.requireMemory(base64.remaining() / 4 * 3L);
    try {
      ByteBuffer decoded = Base64.getMimeDecoder().decode(base64);
      return decoded.remaining() == decoded.array().length
          ? decoded.array()
          : Arrays.copyOf(decoded.array(), decoded.remaining());
    } catch (IllegalArgumentException malformed) {
      throw InferenceError.invalid("'%s' is not valid base64".formatted(name));
    }
  }

  void unload(Exchange exchange, String model) {
    bodies.read(
        exchange,
        json -> {
          while (json.nextMember()) {
            json.skip();
          }
          return model;
        },
        name ->
            rules
                .unload(name)
                .onSuccess(done -> Answers.empty(exchange.response()))
                .onFailure(exchange::fail));
  }

  static void unsupported(Exchange exchange) {
    exchange.fail(
        new InferenceError.Unsupported("'repository_name' specification is not supported"));
  }
}
