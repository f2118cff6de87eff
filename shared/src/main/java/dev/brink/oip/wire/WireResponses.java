package dev.brink.oip.wire;

import com.google.protobuf.UnsafeByteOperations;
import dev.brink.inference.DataType;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Parameters;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.oip.proto.ModelInferResponse.InferOutputTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Answers as {@code ModelInferResponse} messages, their tensors always raw and not copied.
 * Provenance and timings are parameters whose names start with {@code brink_}.
 */
public final class WireResponses {

  private WireResponses() {}

  public static ModelInferResponse toMessage(InferenceResponse response) {
    ModelInferResponse.Builder message =
        ModelInferResponse.newBuilder()
            .setModelName(response.modelName())
            .setModelVersion(response.modelVersion())
            .setId(response.id());
    put(message, response.parameters().asMap());
    put(message, WireProvenance.toParameters(response.provenance()));
    put(message, WireProvenance.toParameters(response.provenance().timings()));
    for (Tensor output : response.outputs()) {
      message.addOutputs(toMessage(output));
      message.addRawOutputContents(UnsafeByteOperations.unsafeWrap(output.data()));
    }
    return message.build();
  }

  private static void put(ModelInferResponse.Builder message, Map<String, Object> parameters) {
    parameters.forEach(
        (name, value) -> message.putParameters(name, WireParameters.toMessage(value)));
  }

  private static InferOutputTensor toMessage(Tensor output) {
    InferOutputTensor.Builder message =
        InferOutputTensor.newBuilder().setName(output.name()).setDatatype(output.dataType().name());
    for (int i = 0; i < output.shape().rank(); i++) {
      message.addShape(output.shape().dimension(i));
    }
    return message.build();
  }

  /**
   * The answer in {@code message}, from whatever server that speaks the protocol.
   *
   * @throws InferenceException (internal) where the message contradicts itself
   */
  public static InferenceResponse toResponse(ModelInferResponse message) {
    try {
      Parameters parameters = WireParameters.toParameters(message.getParametersMap());
      return new InferenceResponse(
          message.getModelName(),
          message.getModelVersion(),
          message.getId(),
          WireProvenance.withoutProvenance(parameters),
          outputs(message),
          WireProvenance.toProvenance(parameters));
    } catch (InferenceException malformed) {
      throw new InferenceError.Internal(
              "answer of model '%s' cannot be read: %s"
                  .formatted(message.getModelName(), malformed.getMessage()))
          .asException();
    }
  }

  private static List<Tensor> outputs(ModelInferResponse message) {
    int raw = message.getRawOutputContentsCount();
    if (raw > 0 && raw != message.getOutputsCount()) {
      throw InferenceError.invalid(
          "raw_output_contents has %d entries (expected: %d)"
              .formatted(raw, message.getOutputsCount()));
    }
    List<Tensor> outputs = new ArrayList<>(message.getOutputsCount());
    for (int i = 0; i < message.getOutputsCount(); i++) {
      outputs.add(output(message, i));
    }
    return outputs;
  }

  private static Tensor output(ModelInferResponse message, int index) {
    InferOutputTensor output = message.getOutputs(index);
    DataType type =
        DataType.of(output.getDatatype())
            .orElseThrow(() -> InferenceError.invalid("unknown datatype " + output.getDatatype()));
    Shape shape = Shape.of(WireRequests.shape(output.getShapeList()));
    if (message.getRawOutputContentsCount() == 0) {
      return new TypedContents(message.getModelName(), output.getName(), type, output.getContents())
          .toTensor(shape);
    }
    return Tensor.of(
        output.getName(), type, shape, message.getRawOutputContents(index).asReadOnlyByteBuffer());
  }
}
