package dev.brink.serving;

import dev.brink.inference.DataType;
import dev.brink.inference.Tensor;
import java.nio.ByteBuffer;

/**
 * What company did to the answer to a row: compares it with the answer to the same row alone.
 *
 * @param alone the outputs for the row alone
 * @param tolerance as {@link BatchEffect#between} has it
 */
record RowComparison(Tensor[] alone, double tolerance) {

  /** Where the row is the first of those that {@code together} answers. */
  BatchEffect first(Tensor[] together) {
    return worst(together, false);
  }

  BatchEffect last(Tensor[] together) {
    return worst(together, true);
  }

  private BatchEffect worst(Tensor[] together, boolean last) {
    BatchEffect worst = BatchEffect.NONE;
    for (int i = 0; i < alone.length; i++) {
      worst = worst.worse(compare(alone[i], together[i], last));
    }
    return worst;
  }

  /** Rows stand behind one another, so that of texts, too, it is the first or the last bytes. */
  private BatchEffect compare(Tensor one, Tensor together, boolean last) {
    ByteBuffer expected = one.data();
    ByteBuffer all = together.data();
    int length = expected.remaining();
    if (one.dataType() != together.dataType() || all.remaining() < length) {
      return BatchEffect.DEPENDENT;
    }
    ByteBuffer row =
        all.slice(last ? all.limit() - length : all.position(), length).order(all.order());
    if (expected.equals(row)) {
      return BatchEffect.NONE;
    }
    int count = Math.toIntExact(one.shape().elementCount());
    return BatchEffect.between(
        values(one.dataType(), expected, count), values(one.dataType(), row, count), tolerance);
  }

  /** Floating point values; none for other types, whose every difference counts. */
  private static float[] values(DataType type, ByteBuffer data, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      switch (type) {
        case FP32 -> values[i] = data.getFloat();
        case FP64 -> values[i] = (float) data.getDouble();
        case FP16 -> values[i] = Float.float16ToFloat(data.getShort());
        case BF16 -> values[i] = Float.intBitsToFloat(data.getShort() << 16);
        default -> values[i] = Float.NaN;
      }
    }
    return values;
  }
}
