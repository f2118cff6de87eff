package dev.brink.serving;

import dev.brink.inference.DataType;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.TensorSpec;
import dev.brink.model.SampleShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;

/** Made-up inputs that fit a model's signature, for warm-up and measurement. */
final class SampleInputs {

  private static final String TEXT = "how long does this sentence take";

  /** What an element of text takes, about. */
  private static final int TEXT_BYTES = 64;

  private final Signature signature;
  private final Map<String, SampleShape> shapes;

  private SampleInputs(Signature signature, Map<String, SampleShape> shapes) {
    this.signature = signature;
    this.shapes = shapes;
  }

  /**
   * @param shapes by input name, for inputs whose file leaves more open than the rows
   * @throws ModelLoadException where one does not fit the model
   */
  static SampleInputs of(Signature signature, Map<String, SampleShape> shapes)
      throws ModelLoadException {
    for (Map.Entry<String, SampleShape> entry : shapes.entrySet()) {
      String name = entry.getKey();
      OptionalInt index = signature.inputIndex(name);
      if (index.isEmpty()) {
        throw refused(name, entry.getValue(), "an input of the model");
      }
      Shape declared = signature.inputs().get(index.getAsInt()).shape();
      if (!fits(entry.getValue().dimensions(), declared)) {
        throw refused(name, entry.getValue(), "as the model has it, " + declared);
      }
    }
    return new SampleInputs(signature, shapes);
  }

  private static boolean fits(List<Integer> stated, Shape declared) {
    boolean fits = stated.isEmpty() || stated.size() == declared.rank();
    for (int i = 0; fits && i < stated.size(); i++) {
      fits = declared.dimension(i) == Shape.ANY || declared.dimension(i) == stated.get(i);
    }
    return fits;
  }

  private static ModelLoadException refused(String input, SampleShape stated, String expected) {
    return new ModelLoadException(
        "model.yaml: runtime.sample-shapes.%s: %s (expected: %s)"
            .formatted(input, stated, expected));
  }

  /** Rows from {@code seed} on: the same seed gives the same first row whatever {@code rows} is. */
  Tensor[] rows(int rows, float scale, long seed) {
    return signature.inputs().stream()
        .map(input -> tensor(input, shape(input, rows), scale, seed, Integer.MAX_VALUE))
        .toArray(Tensor[]::new);
  }

  /** As {@link #rows}, with the first row once more at the end. */
  Tensor[] framed(int rows, float scale, long seed) {
    return signature.inputs().stream()
        .map(input -> framed(input, shape(input, rows), rows, scale, seed))
        .toArray(Tensor[]::new);
  }

  private static Tensor framed(TensorSpec input, Shape shape, int rows, float scale, long seed) {
    long row = shape.elementCount() / rows;
    return tensor(input, shape, scale, seed, Math.toIntExact(row * (rows - 1)));
  }

  /** {@code inputs} without their first row, in the same memory. */
  static Tensor[] withoutFirst(Tensor[] inputs, int rows) {
    return Arrays.stream(inputs).map(input -> withoutFirst(input, rows)).toArray(Tensor[]::new);
  }

  private static Tensor withoutFirst(Tensor input, int rows) {
    long[] dimensions = input.shape().toArray();
    dimensions[0] = rows - 1L;
    ByteBuffer data = input.data();
    int row = data.remaining() / rows;
    return Tensor.of(
        input.name(),
        input.dataType(),
        Shape.of(dimensions),
        data.slice(data.position() + row, data.remaining() - row));
  }

  /** Bytes of one row of all inputs, made up or not. */
  long rowBytes() {
    double bytes = 0;
    for (TensorSpec input : signature.inputs()) {
      double size = input.dataType().isFixedSize() ? input.dataType().byteSize() : TEXT_BYTES;
      for (long dimension : shape(input, 1).toArray()) {
        size *= dimension;
      }
      bytes += size;
    }
    return (long) bytes;
  }

  private Shape shape(TensorSpec input, int rows) {
    long[] dimensions = input.shape().toArray();
    SampleShape stated = shapes.get(input.name());
    if (stated != null && !stated.dimensions().isEmpty()) {
      dimensions = stated.dimensions().stream().mapToLong(Integer::longValue).toArray();
    }
    for (int i = 0; i < dimensions.length; i++) {
      dimensions[i] = Math.max(1, dimensions[i]);
    }
    if (signature.batches()) {
      dimensions[0] = rows;
    }
    return Shape.of(dimensions);
  }

  /**
   * @param again index of the element from which on the values are those from the first on
   */
  private static Tensor tensor(TensorSpec input, Shape shape, float scale, long seed, int again) {
    Random random = new Random(seed);
    int count = Math.toIntExact(shape.elementCount());
    if (input.dataType() == DataType.BYTES) {
      return Tensor.ofStrings(input.name(), shape, Collections.nCopies(count, TEXT));
    }
    ByteBuffer raw =
        ByteBuffer.allocate(Math.multiplyExact(count, input.dataType().byteSize()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      random = i == again ? new Random(seed) : random;
      put(raw, input.dataType(), random.nextFloat() * scale);
    }
    return Tensor.of(input.name(), input.dataType(), shape, raw.flip());
  }

  /** Whole numbers are 0 or 1, which most models can take for an index. */
  private static void put(ByteBuffer raw, DataType type, float value) {
    int whole = value < 0.5f ? 0 : 1;
    switch (type) {
      case FP32 -> raw.putFloat(value);
      case FP64 -> raw.putDouble(value);
      case FP16 -> raw.putShort(Float.floatToFloat16(value));
      case BF16 -> raw.putShort((short) (Float.floatToIntBits(value) >>> 16));
      case BOOL -> raw.put((byte) whole);
      case UINT8, INT8 -> raw.put((byte) (value * 100));
      case UINT16, INT16 -> raw.putShort((short) whole);
      case UINT32, INT32 -> raw.putInt(whole);
      case UINT64, INT64 -> raw.putLong(whole);
      case BYTES -> throw new IllegalArgumentException("BYTES");
    }
  }
}
