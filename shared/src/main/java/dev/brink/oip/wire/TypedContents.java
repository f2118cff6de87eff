package dev.brink.oip.wire;

import com.google.protobuf.ByteString;
import dev.brink.inference.DataType;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.oip.proto.InferTensorContents;
import dev.brink.oip.rules.InputTensors;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/** Typed tensor contents of gRPC brought into the raw form. */
final class TypedContents {

  private final String model;
  private final String input;
  private final DataType type;
  private final InferTensorContents contents;

  TypedContents(String model, String input, DataType type, InferTensorContents contents) {
    this.model = model;
    this.input = input;
    this.type = type;
    this.contents = contents;
  }

  /**
   * @throws InferenceException (invalid request) where the values are of another type, too few, too
   *     many or out of the type's range
   */
  Tensor toTensor(Shape shape) {
    requireExpectedList();
    if (type == DataType.BYTES) {
      return Tensor.ofBytes(input, shape, byteStrings());
    }
    int given = elements();
    int bytes = InputTensors.byteSize(input, type, shape);
    if ((long) given * type.byteSize() != bytes) {
      throw InferenceError.invalid(
          "unexpected number of elements %d for input '%s' for model '%s', expecting %d"
              .formatted(given, input, model, bytes / type.byteSize()));
    }
    ByteBuffer data = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    fill(data);
    return Tensor.of(input, type, shape, data.flip());
  }

  private void requireExpectedList() {
    List<String> filled = filledLists();
    if (filled.size() > 1) {
      throw InferenceError.invalid(
          "unexpected explicit tensor data for input tensor '%s' for model '%s', binary data was already supplied."
              .formatted(input, model));
    }
    if (type == DataType.FP16 || type == DataType.BF16) {
      throw InferenceError.invalid(
          "%s data of input '%s' for model '%s' must be given in raw_input_contents"
              .formatted(type, input, model));
    }
    if (!filled.isEmpty() && !filled.get(0).equals(expectedList())) {
      throw InferenceError.invalid(
          "unexpected explicit tensor data for input tensor '%s' for model '%s' of type '%s', expected datatype '%s'"
              .formatted(input, model, filled.get(0), type));
    }
  }

  private List<String> filledLists() {
    List<String> filled = new ArrayList<>(1);
    note(filled, "BOOL", contents.getBoolContentsCount());
    note(filled, "INT32", contents.getIntContentsCount());
    note(filled, "INT64", contents.getInt64ContentsCount());
    note(filled, "UINT32", contents.getUintContentsCount());
    note(filled, "UINT64", contents.getUint64ContentsCount());
    note(filled, "FP32", contents.getFp32ContentsCount());
    note(filled, "FP64", contents.getFp64ContentsCount());
    note(filled, "BYTES", contents.getBytesContentsCount());
    return filled;
  }

  private static void note(List<String> filled, String list, int count) {
    if (count > 0) {
      filled.add(list);
    }
  }

  private String expectedList() {
    return switch (type) {
      case INT8, INT16, INT32 -> "INT32";
      case UINT8, UINT16, UINT32 -> "UINT32";
      case BOOL, INT64, UINT64, FP32, FP64, BYTES, FP16, BF16 -> type.name();
    };
  }

  private int elements() {
    return switch (type) {
      case BOOL -> contents.getBoolContentsCount();
      case INT8, INT16, INT32 -> contents.getIntContentsCount();
      case UINT8, UINT16, UINT32 -> contents.getUintContentsCount();
      case INT64 -> contents.getInt64ContentsCount();
      case UINT64 -> contents.getUint64ContentsCount();
      case FP32 -> contents.getFp32ContentsCount();
      case FP64 -> contents.getFp64ContentsCount();
      case FP16, BF16, BYTES -> throw new IllegalStateException(type + " has no typed list");
    };
  }

  private void fill(ByteBuffer data) {
    switch (type) {
      case BOOL -> contents.getBoolContentsList().forEach(v -> data.put((byte) (v ? 1 : 0)));
      case INT8, UINT8, INT16, UINT16, INT32, UINT32 -> fillNarrow(data);
      case INT64 -> contents.getInt64ContentsList().forEach(data::putLong);
      case UINT64 -> contents.getUint64ContentsList().forEach(data::putLong);
      case FP32 -> contents.getFp32ContentsList().forEach(data::putFloat);
      case FP64 -> contents.getFp64ContentsList().forEach(data::putDouble);
      case FP16, BF16, BYTES -> throw new IllegalStateException(type + " has no typed list");
    }
  }

  private void fillNarrow(ByteBuffer data) {
    switch (type) {
      case INT8 -> contents.getIntContentsList().forEach(v -> data.put((byte) ranged(v)));
      case INT16 -> contents.getIntContentsList().forEach(v -> data.putShort((short) ranged(v)));
      case INT32 -> contents.getIntContentsList().forEach(data::putInt);
      case UINT8 -> contents.getUintContentsList().forEach(v -> data.put((byte) ranged(v)));
      case UINT16 -> contents.getUintContentsList().forEach(v -> data.putShort((short) ranged(v)));
      case UINT32 -> contents.getUintContentsList().forEach(data::putInt);
      case BOOL, INT64, UINT64, FP16, BF16, FP32, FP64, BYTES ->
          throw new IllegalStateException(type + " is not narrow");
    }
  }

  private int ranged(int value) {
    boolean fits =
        switch (type) {
          case INT8 -> value == (byte) value;
          case INT16 -> value == (short) value;
          case UINT8 -> value >= 0 && value <= 0xff;
          case UINT16 -> value >= 0 && value <= 0xffff;
          default -> true;
        };
    if (!fits) {
      throw InferenceError.invalid(
          "value %d of input '%s' for model '%s' does not fit %s"
              .formatted(value, input, model, type));
    }
    return value;
  }

  private List<byte[]> byteStrings() {
    return contents.getBytesContentsList().stream().map(ByteString::toByteArray).toList();
  }
}
