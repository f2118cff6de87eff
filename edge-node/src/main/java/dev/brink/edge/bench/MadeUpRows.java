package dev.brink.edge.bench;

import dev.brink.inference.DataType;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.TensorSpec;
import dev.brink.model.ModelDescription;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Inputs that fit a model: random numbers, never zeros, and sentences. */
final class MadeUpRows {

  private static final List<String> SENTENCES =
      List.of(
          "please tell me how much money is left in my account",
          "what is the weather like tomorrow",
          "somebody stole my credit card, block it",
          "play something quiet");

  private MadeUpRows() {}

  static List<Tensor> of(ModelDescription model, int rows) {
    Random random = new Random(11);
    return model.inputs().stream().map(input -> tensor(input, rows, random)).toList();
  }

  private static Tensor tensor(TensorSpec input, int rows, Random random) {
    Shape shape = shape(input.shape(), rows);
    int count = Math.toIntExact(shape.elementCount());
    if (input.dataType() == DataType.BYTES) {
      List<String> texts =
          IntStream.range(0, count).mapToObj(i -> SENTENCES.get(i % SENTENCES.size())).toList();
      return Tensor.ofStrings(input.name(), shape, texts);
    }
    byte[] raw = new byte[Math.multiplyExact(count, input.dataType().byteSize())];
    ByteBuffer data = ByteBuffer.wrap(raw).order(ByteOrder.LITTLE_ENDIAN);
    while (data.hasRemaining()) {
      switch (input.dataType()) {
        case FP32 -> data.putFloat((float) random.nextGaussian());
        case FP64 -> data.putDouble(random.nextGaussian());
        case FP16 -> data.putShort(Float.floatToFloat16((float) random.nextGaussian()));
        case BF16 -> data.putShort((short) (Float.floatToIntBits(random.nextFloat()) >>> 16));
        case UINT8 -> data.put((byte) random.nextInt(256));
        case BOOL, INT8 -> data.put((byte) random.nextInt(2));
        case INT16, UINT16 -> data.putShort((short) random.nextInt(2));
        case INT32, UINT32 -> data.putInt(random.nextInt(2));
        case INT64, UINT64 -> data.putLong(random.nextInt(2));
        case BYTES -> throw new IllegalStateException("text");
      }
    }
    return Tensor.of(input.name(), input.dataType(), shape, data.flip());
  }

  private static Shape shape(Shape open, int rows) {
    long[] dimensions = open.toArray();
    for (int i = 0; i < dimensions.length; i++) {
      dimensions[i] = i == 0 ? rows : Math.max(1, dimensions[i]);
    }
    return Shape.of(dimensions);
  }
}
