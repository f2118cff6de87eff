package dev.brink.oip.wire;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.brink.inference.DataType;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.inference.RequestedOutput;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferRequest.InferInputTensor;
import dev.brink.oip.proto.ModelInferRequest.InferRequestedOutputTensor;
import dev.brink.oip.rules.InputTensors;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Requests as {@code ModelInferRequest} messages. Tensors pass in the raw form and are not copied
 * in either direction. Deadline, trace and idempotency key are no part of the message: they travel
 * beside it.
 */
public final class WireRequests {

  private static final String PRIORITY = "priority";
  private static final String CLASSIFICATION = "classification";

  private WireRequests() {}

  /** The message for {@code request}; a priority of the context's travels as a parameter. */
  public static ModelInferRequest toMessage(InferenceRequest request) {
    ModelInferRequest.Builder message =
        ModelInferRequest.newBuilder()
            .setModelName(request.modelName())
            .setModelVersion(request.modelVersion())
            .setId(request.id());
    prioritized(request)
        .asMap()
        .forEach((name, value) -> message.putParameters(name, WireParameters.toMessage(value)));
    for (Tensor input : request.inputs()) {
      message.addInputs(toMessage(input));
      message.addRawInputContents(UnsafeByteOperations.unsafeWrap(input.data()));
    }
    request.outputs().forEach(output -> message.addOutputs(toMessage(output)));
    return message.build();
  }

  private static Parameters prioritized(InferenceRequest request) {
    int priority = request.context().priority();
    return priority == 0
        ? request.parameters()
        : request.parameters().with(PRIORITY, (long) priority);
  }

  private static InferInputTensor toMessage(Tensor input) {
    InferInputTensor.Builder message =
        InferInputTensor.newBuilder().setName(input.name()).setDatatype(input.dataType().name());
    for (int i = 0; i < input.shape().rank(); i++) {
      message.addShape(input.shape().dimension(i));
    }
    return message.build();
  }

  private static InferRequestedOutputTensor toMessage(RequestedOutput output) {
    InferRequestedOutputTensor.Builder message =
        InferRequestedOutputTensor.newBuilder().setName(output.name());
    if (output.classification() > 0) {
      message.putParameters(
          CLASSIFICATION, WireParameters.toMessage((long) output.classification()));
    }
    return message.build();
  }

  /**
   * The request in {@code message}, with contents in either form that the protocol allows.
   *
   * @throws InferenceException (invalid request, unsupported) naming the input or parameter
   */
  public static InferenceRequest toRequest(ModelInferRequest message, RequestContext context) {
    return new InferenceRequest(
        message.getModelName(),
        message.getModelVersion(),
        message.getId(),
        WireParameters.toParameters(message.getParametersMap()),
        inputs(message),
        message.getOutputsList().stream().map(WireRequests::toOutput).toList(),
        context);
  }

  private static List<Tensor> inputs(ModelInferRequest message) {
    requireMatchingRawContents(message);
    List<Tensor> inputs = new ArrayList<>(message.getInputsCount());
    for (int i = 0; i < message.getInputsCount(); i++) {
      inputs.add(input(message, i));
    }
    return inputs;
  }

  private static void requireMatchingRawContents(ModelInferRequest message) {
    int raw = message.getRawInputContentsCount();
    if (raw > 0 && raw != message.getInputsCount()) {
      throw InferenceError.invalid(
          "raw_input_contents of the request for model '%s' has %d entries (expected: %d, one for each input)"
              .formatted(message.getModelName(), raw, message.getInputsCount()));
    }
  }

  private static Tensor input(ModelInferRequest message, int index) {
    InferInputTensor input = message.getInputs(index);
    String name = input.getName();
    if (input.containsParameters("shared_memory_region")) {
      throw new InferenceError.Unsupported(
              "shared memory is not supported: input '%s'".formatted(name))
          .asException();
    }
    DataType type = InputTensors.dataType(name, input.getDatatype());
    Shape shape = InputTensors.shape(name, shape(input.getShapeList()));
    if (message.getRawInputContentsCount() == 0) {
      return typed(message.getModelName(), input, type, shape);
    }
    if (input.hasContents()) {
      throw InferenceError.invalid(
          "contents field must not be specified when using raw_input_contents for '%s' for model '%s'"
              .formatted(name, message.getModelName()));
    }
    ByteString raw = message.getRawInputContents(index);
    return InputTensors.raw(message.getModelName(), name, type, shape, raw.asReadOnlyByteBuffer());
  }

  private static Tensor typed(String model, InferInputTensor input, DataType type, Shape shape) {
    if (!input.hasContents() && InputTensors.elementCount(input.getName(), shape) > 0) {
      throw InferenceError.invalid(
          "unable to find data for input tensor '%s' for model '%s' in request."
              .formatted(input.getName(), model));
    }
    return new TypedContents(model, input.getName(), type, input.getContents()).toTensor(shape);
  }

  private static RequestedOutput toOutput(InferRequestedOutputTensor output) {
    Parameters parameters = WireParameters.toParameters(output.getParametersMap());
    if (parameters.has("shared_memory_region")) {
      throw new InferenceError.Unsupported(
              "shared memory is not supported: output '%s'".formatted(output.getName()))
          .asException();
    }
    Optional<Long> classes = parameters.unsigned(CLASSIFICATION);
    return new RequestedOutput(
        output.getName(), (int) Math.min(classes.orElse(0L), Integer.MAX_VALUE));
  }

  static long[] shape(List<Long> dimensions) {
    long[] shape = new long[dimensions.size()];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = dimensions.get(i);
    }
    return shape;
  }
}
