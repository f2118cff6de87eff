package dev.brink.edge.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** A request of one row, as bytes on the wire. */
final class ServeRequest {

  private static final long MICROS_PER_MILLI = 1000;

  private ServeRequest() {}

  /** The input as a binary tensor, and the output too. */
  static byte[] binary(String model, float[] row, long... shape) {
    return binary(model, row, JsonObject.of("binary_data_output", true), shape);
  }

  /** The same, to be answered within {@code millis}. */
  static byte[] binaryWithin(long millis, String model, float[] row, long... shape) {
    return binary(
        model,
        row,
        JsonObject.of("binary_data_output", true, "timeout", millis * MICROS_PER_MILLI),
        shape);
  }

  private static byte[] binary(String model, float[] row, JsonObject parameters, long... shape) {
    ByteBuffer raw = ByteBuffer.allocate(4 * row.length).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(row);
    JsonObject input =
        input("x", "FP32", shape)
            .put("parameters", JsonObject.of("binary_data_size", raw.capacity()));
    byte[] head =
        body(input).put("parameters", parameters).encode().getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(head);
    body.writeBytes(raw.array());
    return post(
        model,
        "Content-Type: application/octet-stream\r\nInference-Header-Content-Length: "
            + head.length
            + "\r\n",
        body.toByteArray());
  }

  static byte[] json(String model, float[] row, long... shape) {
    JsonArray data = new JsonArray();
    for (float value : row) {
      data.add(Double.parseDouble(String.format(Locale.ROOT, "%.6g", value)));
    }
    return json(model, input("x", "FP32", shape).put("data", data));
  }

  static byte[] json(String model, String input, String... row) {
    return json(
        model, input(input, "BYTES", 1, row.length).put("data", JsonArray.of((Object[]) row)));
  }

  private static byte[] json(String model, JsonObject input) {
    return post(
        model,
        "Content-Type: application/json\r\n",
        body(input).encode().getBytes(StandardCharsets.UTF_8));
  }

  private static JsonObject input(String name, String type, long... shape) {
    JsonArray dimensions = new JsonArray();
    for (long dimension : shape) {
      dimensions.add(dimension);
    }
    return JsonObject.of("name", name, "datatype", type, "shape", dimensions);
  }

  private static JsonObject body(JsonObject input) {
    return JsonObject.of("id", "1", "inputs", JsonArray.of(input));
  }

  private static byte[] post(String model, String headers, byte[] body) {
    String head =
        "POST /v2/models/"
            + model
            + "/infer HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            + headers
            + "Content-Length: "
            + body.length
            + "\r\n\r\n";
    ByteArrayOutputStream request = new ByteArrayOutputStream();
    request.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
    request.writeBytes(body);
    return request.toByteArray();
  }
}
