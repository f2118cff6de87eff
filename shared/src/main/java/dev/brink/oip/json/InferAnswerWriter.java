package dev.brink.oip.json;

import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Writes answers: model, id, parameters, then each output with its values or their size. */
public final class InferAnswerWriter {

  private final JsonWriter json;
  private final OutputEncoding encoding;
  private final List<ByteBuffer> binary = new ArrayList<>();

  private InferAnswerWriter(JsonWriter json, OutputEncoding encoding) {
    this.json = json;
    this.encoding = encoding;
  }

  /**
   * @param provenance parameters to write behind the response's own
   * @throws InferenceException (invalid request) where an output cannot be JSON and was not asked
   *     for in binary
   */
  public static InferAnswer write(
      InferenceResponse response, Map<String, Object> provenance, OutputEncoding encoding) {
    InferAnswerWriter writer = new InferAnswerWriter(new JsonWriter(512), encoding);
    writer.writeResponse(response, provenance);
    return new InferAnswer(writer.json.bytes(), writer.binary);
  }

  private void writeResponse(InferenceResponse response, Map<String, Object> provenance) {
    json.beginObject()
        .member("model_name", response.modelName())
        .member("model_version", response.modelVersion());
    if (!response.id().isEmpty()) {
      json.member("id", response.id());
    }
    writeParameters(response.parameters().asMap(), provenance);
    json.name("outputs").beginArray();
    response.outputs().forEach(this::writeOutput);
    json.endArray().endObject();
  }

  private void writeParameters(Map<String, Object> own, Map<String, Object> provenance) {
    if (own.isEmpty() && provenance.isEmpty()) {
      return;
    }
    json.name("parameters").beginObject();
    own.forEach((name, value) -> json.name(name).value(value));
    provenance.forEach((name, value) -> json.name(name).value(value));
    json.endObject();
  }

  private void writeOutput(Tensor output) {
    json.beginObject()
        .member("name", output.name())
        .member("datatype", output.dataType().name())
        .name("shape")
        .beginArray();
    for (int i = 0; i < output.shape().rank(); i++) {
      json.number(output.shape().dimension(i));
    }
    json.endArray();
    if (encoding.isBinary(output.name())) {
      writeBinary(output);
    } else {
      json.name("data");
      TensorWriter.write(output, json);
    }
    json.endObject();
  }

  private void writeBinary(Tensor output) {
    json.name("parameters")
        .beginObject()
        .member("binary_data_size", (long) output.byteSize())
        .endObject();
    if (output.byteSize() > 0) {
      binary.add(output.data());
    }
  }
}
