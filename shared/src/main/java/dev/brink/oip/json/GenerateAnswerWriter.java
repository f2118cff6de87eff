package dev.brink.oip.json;

import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Tensor;
import java.util.Map;

/** Writes answers of generate: each output a member, one value plain, others an array. */
public final class GenerateAnswerWriter {

  private GenerateAnswerWriter() {}

  /**
   * @throws InferenceException (invalid request) where an output cannot be JSON
   */
  public static JsonWriter write(InferenceResponse response, Map<String, Object> provenance) {
    JsonWriter json =
        new JsonWriter(512)
            .beginObject()
            .member("model_name", response.modelName())
            .member("model_version", response.modelVersion());
    if (!response.id().isEmpty()) {
      json.member("id", response.id());
    }
    response.outputs().forEach(output -> write(json, output));
    json.name("parameters").beginObject();
    response.parameters().asMap().forEach((name, value) -> json.name(name).value(value));
    provenance.forEach((name, value) -> json.name(name).value(value));
    return json.endObject().endObject();
  }

  private static void write(JsonWriter json, Tensor output) {
    json.name(output.name());
    if (output.shape().elementCount() == 1) {
      TensorWriter.writeValues(output, json);
    } else {
      TensorWriter.write(output, json);
    }
  }
}
