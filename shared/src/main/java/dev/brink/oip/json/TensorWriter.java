package dev.brink.oip.json;

import dev.brink.inference.DataType;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;

/** Writes a tensor's values as a flat JSON array. */
final class TensorWriter {

  private static final int BLOCK = 256;

  /** Bytes of a float's text and its comma, mostly. */
  private static final int FLOAT_BYTES = 12;

  private static final int MOST_AHEAD = 8 << 20;

  private TensorWriter() {}

  /**
   * @throws InferenceException (invalid request) where the values have no form in JSON and the
   *     caller must ask for binary
   */
  static void write(Tensor tensor, JsonWriter json) {
    json.beginArray();
    writeValues(tensor, json);
    json.endArray();
  }

  /** The values without brackets. */
  static void writeValues(Tensor tensor, JsonWriter json) {
    ByteBuffer data = tensor.data();
    switch (tensor.dataType()) {
      case FP32 -> floats(data, json);
      case FP64 -> doubles(data, json);
      case UINT8 -> bytes(data, 0xff, json);
      case INT8 -> bytes(data, -1, json);
      case BOOL -> booleans(data, json);
      case BYTES -> strings(tensor, data, json);
      case FP16, BF16 ->
          throw InferenceError.invalid(
              "sending %s data via JSON is not supported. Please use the binary data format for output %s"
                  .formatted(tensor.dataType(), tensor.name()));
      default -> integers(tensor.dataType(), data, json);
    }
  }

  /** As many at a time as room is made for. */
  private static void floats(ByteBuffer data, JsonWriter json) {
    ByteSink out = json.startValues();
    FloatBuffer values = data.asFloatBuffer();
    float[] block = new float[Math.min(BLOCK, values.remaining())];
    out.ensure((int) Math.min((long) values.remaining() * FLOAT_BYTES, MOST_AHEAD));
    while (values.hasRemaining()) {
      int count = Math.min(BLOCK, values.remaining());
      values.get(block, 0, count);
      out.ensure(count * FloatText.MOST);
      out.size(write(block, count, out.array(), out.size()));
    }
    json.endValues();
  }

  private static int write(float[] values, int count, byte[] text, int start) {
    int at = start;
    for (int i = 0; i < count; i++) {
      at = FloatText.write(values[i], text, at);
      text[at++] = ',';
    }
    return at;
  }

  private static void bytes(ByteBuffer data, int mask, JsonWriter json) {
    ByteSink out = json.startValues();
    while (data.hasRemaining()) {
      int count = Math.min(BLOCK, data.remaining());
      out.ensure(count * ByteText.MOST);
      byte[] text = out.array();
      int at = out.size();
      for (int i = 0; i < count; i++) {
        at = ByteText.write(data.get() & mask, text, at);
      }
      out.size(at);
    }
    json.endValues();
  }

  private static void doubles(ByteBuffer data, JsonWriter json) {
    while (data.hasRemaining()) {
      json.number(data.getDouble());
    }
  }

  private static void booleans(ByteBuffer data, JsonWriter json) {
    while (data.hasRemaining()) {
      json.bool(data.get() != 0);
    }
  }

  private static void integers(DataType type, ByteBuffer data, JsonWriter json) {
    while (data.hasRemaining()) {
      switch (type) {
        case UINT16 -> json.number(data.getShort() & 0xffff);
        case INT16 -> json.number(data.getShort());
        case UINT32 -> json.number(data.getInt() & 0xffffffffL);
        case INT32 -> json.number(data.getInt());
        case UINT64 -> json.unsigned(data.getLong());
        case INT64 -> json.number(data.getLong());
        default -> throw new IllegalStateException(type + " is no integer");
      }
    }
  }

  private static void strings(Tensor tensor, ByteBuffer data, JsonWriter json) {
    byte[] text = {};
    while (data.hasRemaining()) {
      int length = data.getInt();
      if (text.length < length) {
        text = new byte[length];
      }
      data.get(text, 0, length);
      if (!Utf8.isValid(text, 0, length)) {
        throw InferenceError.invalid(
            "output '%s' holds bytes that are not UTF-8. Please use the binary data format for it"
                .formatted(tensor.name()));
      }
      json.string(text, 0, length);
    }
  }
}
