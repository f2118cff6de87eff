package dev.brink.edge.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** Bodies of requests. */
final class Requests {

  private Requests() {}

  static JsonObject text(String input, String text) {
    return of(input, "BYTES", JsonArray.of(1, 1), JsonArray.of(text));
  }

  static JsonObject of(String input, String datatype, JsonArray shape, JsonArray data) {
    return JsonObject.of(
        "inputs",
        JsonArray.of(
            JsonObject.of("name", input, "datatype", datatype, "shape", shape, "data", data)));
  }

  static JsonObject routed(JsonObject request, String route) {
    return request.copy().put("parameters", JsonObject.of("brink_route", route));
  }
}
