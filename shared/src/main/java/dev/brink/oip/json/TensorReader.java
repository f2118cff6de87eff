package dev.brink.oip.json;

import dev.brink.inference.DataType;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.oip.rules.InputTensors;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Reads a tensor's {@code data}, nested or flat, straight from the text into the tensor's memory.
 * Nesting is not compared with the shape: only the values count.
 */
final class TensorReader {

  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle FLOAT =
      MethodHandles.byteArrayViewVarHandle(float[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle DOUBLE =
      MethodHandles.byteArrayViewVarHandle(double[].class, ByteOrder.LITTLE_ENDIAN);

  private final JsonReader reader;
  private final NumberReader numbers;
  private final PlainNumbers plain;
  private final int[] reached = new int[1];
  private final String input;
  private final DataType type;
  private final int expected;

  private byte[] target = {};
  private ByteSink strings = new ByteSink(0);
  private int count;

  private TensorReader(JsonReader reader, String input, DataType type, long expected) {
    this.reader = reader;
    this.numbers = new NumberReader(reader);
    this.plain = new PlainNumbers(reader);
    this.input = input;
    this.type = type;
    this.expected = (int) expected;
  }

  /**
   * The tensor whose data stands next in {@code reader}.
   *
   * @throws InferenceException (invalid request) naming the input
   */
  static Tensor read(JsonReader reader, String input, DataType type, Shape shape) {
    TensorReader tensor = start(reader, input, type, shape);
    tensor.readAll();
    return Tensor.of(input, type, shape, tensor.data());
  }

  /** As {@link #read}, where a value stands without brackets. */
  static Tensor readSingle(JsonReader reader, String input, DataType type, Shape shape) {
    TensorReader tensor = start(reader, input, type, shape);
    tensor.readOne();
    tensor.requireAll();
    return Tensor.of(input, type, shape, tensor.data());
  }

  private static TensorReader start(JsonReader reader, String input, DataType type, Shape shape) {
    if (type == DataType.FP16 || type == DataType.BF16) {
      throw InferenceError.invalid(
          "receiving %s data via JSON is not supported. Please use the binary data format for input %s"
              .formatted(type, input));
    }
    TensorReader tensor =
        new TensorReader(reader, input, type, elements(reader, input, type, shape));
    tensor.allocate();
    return tensor;
  }

  /** How many values must come; refused at once where the text is too short to hold them. */
  private static long elements(JsonReader reader, String input, DataType type, Shape shape) {
    long count = InputTensors.elementCount(input, shape);
    if (type.isFixedSize()) {
      InputTensors.byteSize(input, type, shape);
    }
    if (count > (reader.end - reader.position + 1) / 2) {
      throw tooFew(input);
    }
    return count;
  }

  private void allocate() {
    if (type == DataType.BYTES) {
      int capacity = (int) Math.min(expected * 16L, reader.end - reader.position);
      reader.requireMemory(capacity);
      strings = new ByteSink(capacity, reader::requireMemory);
    } else {
      reader.requireMemory((long) expected * type.byteSize());
      target = new byte[expected * type.byteSize()];
    }
  }

  private ByteBuffer data() {
    return type == DataType.BYTES
        ? ByteBuffer.wrap(strings.array(), 0, strings.size())
        : ByteBuffer.wrap(target);
  }

  private void readAll() {
    if (reader.peek() != JsonReader.Kind.ARRAY) {
      throw InferenceError.invalid(
          "'data' of input '%s' must be an array of values".formatted(input));
    }
    readArray();
    requireAll();
  }

  private void requireAll() {
    if (count != expected) {
      throw tooFew(input);
    }
  }

  private void readOne() {
    requireRoom();
    readValue();
    count++;
  }

  /** Reads one array, which holds either arrays or values. */
  private void readArray() {
    reader.position++;
    reader.descend();
    int next = reader.next();
    if (next == '[') {
      readArrays();
    } else if (next == ']') {
      reader.position++;
    } else {
      readValues();
    }
    reader.ascend();
  }

  private void readArrays() {
    do {
      if (reader.next() != '[') {
        throw wrongType();
      }
      readArray();
    } while (continues());
  }

  private void readValues() {
    switch (type) {
      case FP32 -> readFloats();
      case FP64 -> readDoubles();
      case UINT8, INT8 -> readOneByte();
      default -> {
        do {
          readOne();
        } while (continues());
      }
    }
  }

  private void readFloats() {
    do {
      reader.skipSpace();
      skipPlain(plain.readFloats(reader.position, target, count, room(), reached));
      requireRoom();
      FLOAT.set(target, count * 4, numbers.nextFloat());
      count++;
    } while (continues());
  }

  private void readDoubles() {
    do {
      reader.skipSpace();
      skipPlain(plain.readDoubles(reader.position, target, count, room(), reached));
      requireRoom();
      DOUBLE.set(target, count * 8, numbers.nextDouble());
      count++;
    } while (continues());
  }

  private void readOneByte() {
    String name = type.name();
    int lowest = type == DataType.INT8 ? Byte.MIN_VALUE : 0;
    int highest = type == DataType.INT8 ? Byte.MAX_VALUE : 0xff;
    do {
      reader.skipSpace();
      skipPlain(plain.readBytes(reader.position, target, count, room(), lowest, highest, reached));
      requireRoom();
      target[count++] = (byte) numbers.nextLong(name, lowest, highest);
    } while (continues());
  }

  /** All but the last value may be read the quick way. */
  private int room() {
    return expected - count - 1;
  }

  private void skipPlain(int read) {
    count += read;
    reader.position = reached[0];
  }

  /** Whether another value follows the one just read; reads the comma or the closing bracket. */
  private boolean continues() {
    int next = reader.next();
    reader.position++;
    if (next == ',') {
      return true;
    }
    if (next == ']') {
      return false;
    }
    reader.position--;
    throw reader.malformed("expected ',' or ']'");
  }

  private void readValue() {
    switch (type) {
      case BOOL -> target[count] = (byte) (reader.bool("data") ? 1 : 0);
      case UINT16 -> SHORT.set(target, count * 2, (short) numbers.nextLong("UINT16", 0, 0xffff));
      case INT16 ->
          SHORT.set(
              target,
              count * 2,
              (short) numbers.nextLong("INT16", Short.MIN_VALUE, Short.MAX_VALUE));
      case UINT32 -> INT.set(target, count * 4, (int) numbers.nextLong("UINT32", 0, 0xffffffffL));
      case INT32 ->
          INT.set(
              target,
              count * 4,
              (int) numbers.nextLong("INT32", Integer.MIN_VALUE, Integer.MAX_VALUE));
      case UINT64 -> LONG.set(target, count * 8, numbers.nextUnsignedLong());
      case INT64 ->
          LONG.set(target, count * 8, numbers.nextLong("INT64", Long.MIN_VALUE, Long.MAX_VALUE));
      case UINT8 -> target[count] = (byte) numbers.nextLong("UINT8", 0, 0xff);
      case INT8 -> target[count] = (byte) numbers.nextLong("INT8", Byte.MIN_VALUE, Byte.MAX_VALUE);
      case FP32 -> FLOAT.set(target, count * 4, numbers.nextFloat());
      case FP64 -> DOUBLE.set(target, count * 8, numbers.nextDouble());
      case BYTES -> string();
      case FP16, BF16 -> throw new IllegalStateException(type + " is not here");
    }
  }

  private void string() {
    reader.position++;
    int lengthAt = strings.size();
    strings.ensure(4);
    strings.size(lengthAt + 4);
    Strings.read(reader, strings);
    INT.set(strings.array(), lengthAt, strings.size() - lengthAt - 4);
  }

  private void requireRoom() {
    if (count == expected) {
      throw InferenceError.invalid(
          "Unable to parse 'data': Shape does not match true shape of 'data' field"
              + of(": more than ", expected));
    }
    int next = reader.next();
    boolean text = next == '"';
    boolean truth = next == 't' || next == 'f';
    if (next == '[' || next == '{' || next == 'n' || text != (type == DataType.BYTES)) {
      throw wrongType();
    }
    if (truth != (type == DataType.BOOL)) {
      throw wrongType();
    }
  }

  private String of(String how, int values) {
    return how + values + " values for input '" + input + "'";
  }

  private InferenceException wrongType() {
    String wanted =
        switch (type) {
          case BYTES -> "string";
          case BOOL -> "boolean";
          case FP16, BF16, FP32, FP64 -> "number";
          case UINT8, UINT16, UINT32, UINT64 -> "unsigned integer";
          case INT8, INT16, INT32, INT64 -> "integer";
        };
    return InferenceError.invalid(
        "attempt to access JSON non-%s as %s in 'data' of input '%s' at byte %d (expected: %s)"
            .formatted(wanted, wanted, input, reader.position, type));
  }

  private static InferenceException tooFew(String input) {
    return InferenceError.invalid(
        "Failed to parse 'data' field: shape does not match true shape for input '%s'"
            .formatted(input));
  }
}
