package dev.brink.inference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A named, typed, immutable array of values. The data stands in the protocol's raw form whatever
 * way it came: little-endian, row-major, without padding; BOOL is one byte; BYTES elements carry a
 * 4-byte length each. So binary HTTP, gRPC and the event bus pass it on without touching it.
 */
public final class Tensor {

  private final String name;
  private final DataType dataType;
  private final Shape shape;
  private final ByteBuffer data;

  private Tensor(String name, DataType dataType, Shape shape, ByteBuffer data) {
    this.name = name;
    this.dataType = dataType;
    this.shape = shape;
    this.data = data;
  }

  /**
   * A tensor over {@code data} from its position to its limit, without copying; the caller gives
   * the buffer up.
   *
   * @throws InferenceException (invalid request) where the data's length does not fit type and
   *     shape
   */
  public static Tensor of(String name, DataType dataType, Shape shape, ByteBuffer data) {
    ByteBuffer raw = data.slice().order(ByteOrder.LITTLE_ENDIAN);
    long count = shape.elementCount();
    if (dataType.isFixedSize()) {
      long expected;
      try {
        expected = Math.multiplyExact(count, dataType.byteSize());
      } catch (ArithmeticException overflow) {
        throw InferenceError.invalid("byte size overflow for input '" + name + "'");
      }
      if (expected != raw.remaining()) {
        throw InferenceError.invalid(
            "byte size mismatch for tensor '%s'. Expected %d, got %d"
                .formatted(name, expected, raw.remaining()));
      }
    } else {
      requireElements(name, raw, count);
    }
    return new Tensor(name, dataType, shape, raw);
  }

  /** A BYTES tensor of UTF-8 strings. */
  public static Tensor ofStrings(String name, Shape shape, List<String> values) {
    return ofBytes(
        name, shape, values.stream().map(value -> value.getBytes(StandardCharsets.UTF_8)).toList());
  }

  /** A BYTES tensor of arbitrary byte strings. */
  public static Tensor ofBytes(String name, Shape shape, List<byte[]> values) {
    int size = 0;
    for (byte[] value : values) {
      size = Math.addExact(size, 4 + value.length);
    }
    ByteBuffer raw = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    for (byte[] value : values) {
      raw.putInt(value.length).put(value);
    }
    return of(name, DataType.BYTES, shape, raw.flip());
  }

  public static Tensor ofFloats(String name, Shape shape, float... values) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return of(name, DataType.FP32, shape, raw);
  }

  public String name() {
    return name;
  }

  public DataType dataType() {
    return dataType;
  }

  public Shape shape() {
    return shape;
  }

  /** The raw data as a read-only little-endian view with a position of its own. */
  public ByteBuffer data() {
    return data.asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
  }

  public int byteSize() {
    return data.remaining();
  }

  /** Values of an FP32 tensor, copied. */
  public float[] toFloats() {
    float[] values = new float[data.remaining() / 4];
    data.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
    return values;
  }

  /** Elements of a BYTES tensor, copied. */
  public List<byte[]> toByteStrings() {
    ByteBuffer raw = data();
    List<byte[]> values = new ArrayList<>();
    while (raw.hasRemaining()) {
      byte[] value = new byte[raw.getInt()];
      raw.get(value);
      values.add(value);
    }
    return values;
  }

  /** Elements of a BYTES tensor as text; bytes that are not UTF-8 become U+FFFD. */
  public List<String> toStrings() {
    return toByteStrings().stream()
        .map(value -> new String(value, StandardCharsets.UTF_8))
        .toList();
  }

  /** The same values under another name. */
  public Tensor withName(String other) {
    return new Tensor(other, dataType, shape, data);
  }

  private static void requireElements(String name, ByteBuffer data, long expected) {
    int position = data.position();
    long count = 0;
    while (position < data.limit()) {
      if (data.limit() - position < 4) {
        throw InferenceError.invalid(
            "incomplete string length indicator for inference input '" + name + "'");
      }
      int length = data.getInt(position);
      if (length < 0 || length > data.limit() - position - 4) {
        throw InferenceError.invalid("incomplete string data for inference input '" + name + "'");
      }
      position += 4 + length;
      count++;
      if (count > expected) {
        throw InferenceError.invalid(
            "unexpected number of string elements %d for inference input '%s', expecting %d"
                .formatted(count, name, expected));
      }
    }
    if (count != expected) {
      throw InferenceError.invalid(
          "expected %d string elements for inference input '%s', got %d"
              .formatted(expected, name, count));
    }
  }

  @Override
  public String toString() {
    return name + " " + dataType + shape;
  }
}
