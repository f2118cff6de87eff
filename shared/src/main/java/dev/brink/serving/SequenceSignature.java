package dev.brink.serving;

import dev.brink.inference.DataType;
import dev.brink.inference.InferenceError;
import dev.brink.inference.RequestedOutput;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.TensorSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Which tensors of a model are its state, and what callers see beside them. */
final class SequenceSignature {

  private final Map<String, String> inputByOutput;
  private final List<TensorSpec> stateInputs;
  private final Signature visible;
  private final boolean batches;

  private SequenceSignature(
      Map<String, String> inputByOutput,
      List<TensorSpec> stateInputs,
      Signature visible,
      boolean batches) {
    this.batches = batches;
    this.inputByOutput = inputByOutput;
    this.stateInputs = stateInputs;
    this.visible = visible;
  }

  /**
   * @param state outputs by the input that gets them next
   */
  static SequenceSignature of(Signature whole, Map<String, String> state)
      throws ModelLoadException {
    for (Map.Entry<String, String> entry : state.entrySet()) {
      require(whole.inputIndex(entry.getKey()).isPresent(), "input", entry.getKey());
      require(whole.outputIndex(entry.getValue()).isPresent(), "output", entry.getValue());
      requireFitting(
          whole.inputs().get(whole.inputIndex(entry.getKey()).getAsInt()),
          whole.outputs().get(whole.outputIndex(entry.getValue()).getAsInt()));
    }
    List<TensorSpec> stateInputs =
        whole.inputs().stream().filter(spec -> state.containsKey(spec.name())).toList();
    for (TensorSpec input : stateInputs) {
      require(input.dataType() != DataType.BYTES, "input without text", input.name());
    }
    Signature visible =
        new Signature(
            whole.inputs().stream().filter(spec -> !state.containsKey(spec.name())).toList(),
            whole.outputs().stream().filter(spec -> !state.containsValue(spec.name())).toList(),
            false);
    Map<String, String> inputByOutput =
        state.entrySet().stream().collect(Collectors.toMap(Map.Entry::getValue, Map.Entry::getKey));
    return new SequenceSignature(inputByOutput, stateInputs, visible, whole.batches());
  }

  private static void require(boolean known, String role, String name) throws ModelLoadException {
    if (!known) {
      throw new ModelLoadException(
          "model.yaml: sequence.state: '%s' (expected: an %s of the model)".formatted(name, role));
    }
  }

  private static void requireFitting(TensorSpec input, TensorSpec output)
      throws ModelLoadException {
    if (input.dataType() != output.dataType() || !fits(input.shape(), output.shape())) {
      throw new ModelLoadException(
          "model.yaml: sequence.state.%s: %s (expected: an output of the input's type and shape; the"
                  .formatted(input.name(), output.name())
              + " model has %s %s and %s %s)"
                  .formatted(input.dataType(), input.shape(), output.dataType(), output.shape()));
    }
  }

  /** As far as the file says: outputs whose shape it leaves out have none here. */
  private static boolean fits(Shape input, Shape output) {
    boolean fits = output.rank() == 0 || input.rank() == output.rank();
    for (int i = 0; fits && i < output.rank(); i++) {
      fits =
          input.dimension(i) == Shape.ANY
              || output.dimension(i) == Shape.ANY
              || input.dimension(i) == output.dimension(i);
    }
    return fits;
  }

  Signature visible() {
    return visible;
  }

  /** Zeros, with 1 for every dimension that the file leaves open. */
  List<Tensor> initialState() {
    return stateInputs.stream().map(SequenceSignature::zeros).toList();
  }

  private static Tensor zeros(TensorSpec spec) {
    long[] dimensions = spec.shape().toArray();
    for (int i = 0; i < dimensions.length; i++) {
      dimensions[i] = Math.abs(dimensions[i]);
    }
    Shape shape = Shape.of(dimensions);
    int bytes = Binding.byteSize(spec.dataType(), shape);
    return Tensor.of(spec.name(), spec.dataType(), shape, ByteBuffer.allocate(bytes));
  }

  List<RequestedOutput> stateOutputs() {
    return inputByOutput.keySet().stream().map(RequestedOutput::of).toList();
  }

  List<Tensor> nextState(List<Tensor> outputs) {
    return outputs.stream()
        .filter(output -> inputByOutput.containsKey(output.name()))
        .map(output -> output.withName(inputByOutput.get(output.name())))
        .toList();
  }

  List<Tensor> visible(List<Tensor> outputs) {
    return outputs.stream().filter(output -> !inputByOutput.containsKey(output.name())).toList();
  }

  /**
   * @throws dev.brink.inference.InferenceException (invalid request) for more than one row
   */
  void requireSingle(String model, Tensor[] inputs) {
    for (int i = 0; i < inputs.length; i++) {
      Shape declared = visible.inputs().get(i).shape();
      // One open dimension alone is a length, unless the model as a whole has rows.
      boolean hasRows = declared.rank() > (batches ? 0 : 1) && declared.dimension(0) == Shape.ANY;
      if (hasRows && inputs[i].shape().dimension(0) != 1) {
        throw InferenceError.invalid(
            "inference request to model '%s' must specify batch-size 1 due to requirements of"
                    .formatted(model)
                + " sequence batcher");
      }
    }
  }
}
