package dev.brink.serving;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtException;
import com.sun.jna.Function;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import com.sun.jna.ptr.PointerByReference;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The elements of ONNX Runtime's string tensors as the bytes that they are. The Java binding passes
 * strings on in Java's own variant of UTF-8, which has other bytes for NUL and for what lies beyond
 * the basic plane, and none for bytes that are no text; so its C functions are called here. Their
 * places in the table of functions are part of its interface and never change.
 */
final class OrtStrings {

  private static final Logger LOG = LoggerFactory.getLogger(OrtStrings.class);

  private static final int GET_ERROR_MESSAGE = 2;
  private static final int GET_STRING_TENSOR_DATA_LENGTH = 53;
  private static final int GET_STRING_TENSOR_CONTENT = 54;
  private static final int RELEASE_STATUS = 93;
  private static final int GET_RESIZED_STRING_TENSOR_ELEMENT_BUFFER = 252;

  private static final Optional<OrtStrings> INSTANCE = open();

  private final Pointer api;
  private final VarHandle handle;

  private OrtStrings(Pointer api, VarHandle handle) {
    this.api = api;
    this.handle = handle;
  }

  /** Empty where native functions cannot be called on this machine. */
  static Optional<OrtStrings> instance() {
    return INSTANCE;
  }

  private static Optional<OrtStrings> open() {
    try {
      VarHandle handle =
          MethodHandles.privateLookupIn(OnnxTensorLike.class, MethodHandles.lookup())
              .findVarHandle(OnnxTensorLike.class, "nativeHandle", long.class);
      Class<?> runtime = Class.forName("ai.onnxruntime.OnnxRuntime");
      VarHandle api =
          MethodHandles.privateLookupIn(runtime, MethodHandles.lookup())
              .findStaticVarHandle(runtime, "ortApiHandle", long.class);
      // The table is there from the moment on at which there is an environment.
      Objects.requireNonNull(OrtModel.ENVIRONMENT);
      long table = (long) api.get();
      return table != 0 && Native.POINTER_SIZE == Long.BYTES
          ? Optional.of(new OrtStrings(new Pointer(table), handle))
          : Optional.empty();
    } catch (ReflectiveOperationException | LinkageError unsupported) {
      LOG.warn(
          "texts reach models through the Java binding: NUL, emoji and bytes that are no text"
              + " become U+FFFD; reason={}",
          unsupported.toString());
      return Optional.empty();
    }
  }

  /** Makes element {@code index} of {@code tensor} these bytes. */
  void set(OnnxTensor tensor, int index, byte[] value) throws OrtException {
    PointerByReference room = new PointerByReference();
    call(
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
    call(GET_STRING_TENSOR_DATA_LENGTH, value(tensor), length);
    long size = length.getValue();
    try (Memory text = new Memory(Math.max(1, size));
        Memory starts = new Memory(Math.max(1, (long) count * Long.BYTES))) {
      call(GET_STRING_TENSOR_CONTENT, value(tensor), text, size, starts, (long) count);
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

  private void call(int slot, Object... arguments) throws OrtException {
    Pointer status = function(slot).invokePointer(arguments);
    if (status != null) {
      String message =
          function(GET_ERROR_MESSAGE).invokePointer(new Object[] {status}).getString(0);
      function(RELEASE_STATUS).invokeVoid(new Object[] {status});
      throw new OrtException(message);
    }
  }

  private Function function(int slot) {
    return Function.getFunction(api.getPointer((long) slot * Native.POINTER_SIZE));
  }
}
