package dev.brink.edge.bench;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.brink.inference.DataType;
import dev.brink.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The same run again and again: numbers in tensors made once, for the outputs, too; texts made for
 * each run, as they must be where they change.
 */
final class BareRun implements AutoCloseable {

  private static final OrtEnvironment ENVIRONMENT = OrtEnvironment.getEnvironment();

  private final OrtSession session;
  private final Map<String, OnnxTensor> inputs = new HashMap<>();
  private final Map<String, Text> texts = new HashMap<>();
  private final Map<String, OnnxTensor> bound = new HashMap<>();
  private final Set<String> free = new HashSet<>();

  @SuppressWarnings("ArrayRecordComponent")
  private record Text(String[] values, long[] shape) {}

  BareRun(OrtSession session, List<Tensor> given) throws OrtException {
    this.session = session;
    for (Tensor tensor : given) {
      long[] shape = tensor.shape().toArray();
      if (tensor.dataType() == DataType.BYTES) {
        texts.put(tensor.name(), new Text(tensor.toStrings().toArray(String[]::new), shape));
      } else {
        TensorInfo info = (TensorInfo) session.getInputInfo().get(tensor.name()).getInfo();
        inputs.put(tensor.name(), tensor(tensor.data(), info.type, shape));
      }
    }
    free.addAll(session.getOutputNames());
    bindOutputs();
  }

  private static OnnxTensor tensor(ByteBuffer values, OnnxJavaType type, long[] shape)
      throws OrtException {
    ByteBuffer memory = memory(values.remaining()).put(values.duplicate()).flip();
    return OnnxTensor.createTensor(ENVIRONMENT, memory, shape, type);
  }

  private static ByteBuffer memory(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }

  /** A first run shows their shapes. */
  private void bindOutputs() throws OrtException {
    makeTexts();
    try (OrtSession.Result result = session.run(inputs, free)) {
      for (Map.Entry<String, OnnxValue> output : result) {
        TensorInfo info = ((OnnxTensor) output.getValue()).getInfo();
        if (info.type != OnnxJavaType.STRING) {
          ByteBuffer memory = memory((int) info.getNumElements() * info.type.size);
          bound.put(
              output.getKey(),
              OnnxTensor.createTensor(ENVIRONMENT, memory, info.getShape(), info.type));
        }
      }
    }
    free.removeAll(bound.keySet());
  }

  void run() throws OrtException {
    makeTexts();
    session.run(inputs, free, bound).close();
  }

  private void makeTexts() throws OrtException {
    for (Map.Entry<String, Text> text : texts.entrySet()) {
      OnnxTensor made =
          OnnxTensor.createTensor(ENVIRONMENT, text.getValue().values(), text.getValue().shape());
      OnnxTensor last = inputs.put(text.getKey(), made);
      if (last != null) {
        last.close();
      }
    }
  }

  @Override
  public void close() {
    inputs.values().forEach(OnnxTensor::close);
    bound.values().forEach(OnnxTensor::close);
  }
}
