package dev.brink.serving;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import dev.brink.inference.DataType;
import dev.brink.inference.Shape;
import dev.brink.inference.TensorSpec;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tensors over an instance's memory for runs of one set of input shapes, made once and reused. The
 * outputs join when a first run has shown their shapes.
 */
final class Binding implements AutoCloseable {

  private final List<Shape> shapes;
  private final ByteBuffer[] inputViews;
  private final Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
  private final Map<String, OnnxTensor> outputs = new HashMap<>();
  private final Map<String, ByteBuffer> outputViews = new HashMap<>();

  Binding(List<TensorSpec> specs, List<Shape> shapes, DirectMemory[] memory) throws OrtException {
    this.shapes = shapes;
    this.inputViews = new ByteBuffer[specs.size()];
    for (int i = 0; i < inputViews.length; i++) {
      TensorSpec spec = specs.get(i);
      if (spec.dataType() != DataType.BYTES) {
        inputViews[i] = memory[i].view(byteSize(spec.dataType(), shapes.get(i)));
        inputs.put(spec.name(), tensor(spec.dataType(), shapes.get(i), inputViews[i]));
      }
    }
  }

  static int byteSize(DataType type, Shape shape) {
    return Math.toIntExact(shape.elementCount() * type.byteSize());
  }

  private static OnnxTensor tensor(DataType type, Shape shape, ByteBuffer view)
      throws OrtException {
    return OnnxTensor.createTensor(
        OrtModel.ENVIRONMENT, view, shape.toArray(), ElementTypes.bindable(type).orElseThrow());
  }

  List<Shape> shapes() {
    return shapes;
  }

  /** The memory of fixed-size input {@code index}, from its start. */
  ByteBuffer input(int index) {
    return inputViews[index].clear();
  }

  Map<String, OnnxTensor> inputs() {
    return inputs;
  }

  /** Tensors that runs write to, by output name; those missing are left to the session. */
  Map<String, OnnxTensor> outputs() {
    return outputs;
  }

  ByteBuffer output(String name) {
    return outputViews.get(name).clear();
  }

  void pin(TensorSpec output, Shape shape, ByteBuffer view) throws OrtException {
    outputs.put(output.name(), tensor(output.dataType(), shape, view));
    outputViews.put(output.name(), view);
  }

  @Override
  public void close() {
    inputs.values().forEach(OnnxTensor::close);
    outputs.values().forEach(OnnxTensor::close);
  }
}
