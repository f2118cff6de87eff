package dev.brink.serving;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.brink.inference.DataType;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.TensorSpec;
import java.nio.ByteBuffer;
import java.util.List;

/** One output of a run, before it is cut up among the run's requests. */
final class RunOutput {

  private final TensorSpec spec;
  private final Shape shape;
  private final ByteBuffer values;
  private final byte[][] texts;

  private RunOutput(TensorSpec spec, Shape shape, ByteBuffer values, byte[][] texts) {
    this.spec = spec;
    this.shape = shape;
    this.values = values;
    this.texts = texts;
  }

  static RunOutput of(TensorSpec spec, Binding binding, OrtSession.Result result)
      throws OrtException {
    OnnxTensor tensor =
        (OnnxTensor)
            result
                .get(spec.name())
                .orElseThrow(() -> new IllegalStateException("no output " + spec.name()));
    Shape shape = Shape.of(tensor.getInfo().getShape());
    if (spec.dataType() == DataType.BYTES) {
      int count = Math.toIntExact(shape.elementCount());
      return new RunOutput(spec, shape, null, Texts.ofOrt(tensor, count));
    }
    boolean ours = binding.outputs().get(spec.name()) == tensor;
    ByteBuffer values = ours ? binding.output(spec.name()) : tensor.getByteBuffer();
    return new RunOutput(spec, shape, values, null);
  }

  Shape shape() {
    return shape;
  }

  /** Outputs by request, and then in the order that the request asked for. */
  static Tensor[][] cut(RunOutput[] outputs, List<PendingRequest> requests) {
    int rows = 0;
    for (PendingRequest request : requests) {
      rows += request.rows();
    }
    Tensor[][] answers = new Tensor[requests.size()][];
    int row = 0;
    for (int i = 0; i < answers.length; i++) {
      PendingRequest request = requests.get(i);
      answers[i] = new Tensor[request.outputs().length];
      for (int j = 0; j < answers[i].length; j++) {
        RunOutput output = outputs[request.outputs()[j]];
        answers[i][j] =
            answers.length == 1 ? output.whole() : output.rows(row, row + request.rows(), rows);
      }
      row += request.rows();
    }
    return answers;
  }

  private Tensor whole() {
    return texts == null
        ? Tensor.of(spec.name(), spec.dataType(), shape, copy(0, values.capacity()))
        : Texts.encode(spec.name(), shape, texts, 0, texts.length);
  }

  private Tensor rows(int from, int to, int total) {
    if (shape.rank() == 0 || shape.dimension(0) != total) {
      throw new RowsLostException(spec.name(), shape, total);
    }
    Shape cut = shape.withFirst(to - from);
    if (texts != null) {
      int perRow = texts.length / total;
      return Texts.encode(spec.name(), cut, texts, from * perRow, to * perRow);
    }
    int perRow = values.capacity() / total;
    return Tensor.of(spec.name(), spec.dataType(), cut, copy(from * perRow, to * perRow));
  }

  private ByteBuffer copy(int from, int to) {
    byte[] bytes = new byte[to - from];
    values.get(from, bytes);
    return ByteBuffer.wrap(bytes);
  }
}
