package dev.brink.serving;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.lang.invoke.VarHandle;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The elements of ONNX Runtime's string tensors as the bytes that they are. The Java binding passes
 * strings on in Java's own variant of UTF-8, which has other bytes for NUL and for what lies beyond
 * the basic plane, and none for bytes that are no text; so its C functions are called here.
 */
final class OrtStrings {

  private static final Logger LOG = LoggerFactory.getLogger(OrtStrings.class);

  private static final int GET_STRING_TENSOR_DATA_LENGTH = 53;
  private static final int GET_STRING_TENSOR_CONTENT = 54;
  private static final int GET_RESIZED_STRING_TENSOR_ELEMENT_BUFFER = 252;

  private static final Optional<OrtStrings> INSTANCE = open();

  private final OrtFunctions functions;
  private final VarHandle handle;

  private OrtStrings(OrtFunctions functions, VarHandle handle) {
    this.functions = functions;
    this.handle = handle;
  }

  /** Empty where native functions cannot be called on this machine. */
  static Optional<OrtStrings> instance() {
    return INSTANCE;
  }

  private static Optional<OrtStrings> open() {
    Optional<OrtStrings> strings = OrtFunctions.instance().flatMap(OrtStrings::of);
    if (strings.isEmpty()) {
      LOG.warn(
          "texts reach models through the Java binding: NUL, emoji and bytes that are no text"
              + " become U+FFFD");
    }
    return strings;
  }

  private static Optional<OrtStrings> of(OrtFunctions functions) {
    try {
      return Optional.of(new OrtStrings(functions, OrtFunctions.handleOf(OnnxTensorLike.class)));
    } catch (ReflectiveOperationException unsupported) {
      return Optional.empty();
    }
  }

  /** Makes element {@code index} of {@code tensor} these bytes. */
  void set(OnnxTensor tensor, int index, byte[] value) throws OrtException {
    PointerByReference room = new PointerByReference();
    functions.call(
        GET_RESIZED_STRING_TENSOR_ELEMENT_BUFFER,
        value(tensor),
        (long) index,
        (long) value.length,
        room);
    room.getValue().write(0, value, 0, value.length);
  }

  /** All elements of {@code tensor}, which has {@code count}. */
  byte[][] get(OnnxTensor tensor, int count) throws OrtException {
    LongByReference length = new LongByReference();
    functions.call(GET_STRING_TENSOR_DATA_LENGTH, value(tensor), length);
    long size = length.getValue();
    try (Memory text = new Memory(Math.max(1, size));
        Memory starts = new Memory(Math.max(1, (long) count * Long.BYTES))) {
      functions.call(GET_STRING_TENSOR_CONTENT, value(tensor), text, size, starts, (long) count);
      return cut(text, size, starts.getLongArray(0, count));
    }
  }

  private static byte[][] cut(Memory text, long size, long[] starts) {
    byte[][] elements = new byte[starts.length][];
    for (int i = 0; i < starts.length; i++) {
      long end = i + 1 < starts.length ? starts[i + 1] : size;
      elements[i] = new byte[Math.toIntExact(end - starts[i])];
      text.read(starts[i], elements[i], 0, elements[i].length);
    }
    return elements;
  }

  private Pointer value(OnnxTensor tensor) {
    return new Pointer((long) handle.get(tensor));
  }
}
