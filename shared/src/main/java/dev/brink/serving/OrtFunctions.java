package dev.brink.serving;

import ai.onnxruntime.OrtException;
import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * ONNX Runtime's C functions, for what its Java binding has not. Their places in the table of
 * functions are part of its interface and never change.
 */
final class OrtFunctions {

  private static final Logger LOG = LoggerFactory.getLogger(OrtFunctions.class);

  private static final int GET_ERROR_MESSAGE = 2;
  private static final int RELEASE_STATUS = 93;

  private static final Optional<OrtFunctions> INSTANCE = open();

  private final Pointer api;

  private OrtFunctions(Pointer api) {
    this.api = api;
  }

  /** Empty where native functions cannot be called on this machine. */
  static Optional<OrtFunctions> instance() {
    return INSTANCE;
  }

  private static Optional<OrtFunctions> open() {
    try {
      Class<?> runtime = Class.forName("ai.onnxruntime.OnnxRuntime");
      VarHandle api =
          MethodHandles.privateLookupIn(runtime, MethodHandles.lookup())
              .findStaticVarHandle(runtime, "ortApiHandle", long.class);
      // The table is there from the moment on at which there is an environment.
      Objects.requireNonNull(OrtModel.ENVIRONMENT);
      long table = (long) api.get();
      return table != 0 && Native.POINTER_SIZE == Long.BYTES
          ? Optional.of(new OrtFunctions(new Pointer(table)))
          : Optional.empty();
    } catch (ReflectiveOperationException | LinkageError unsupported) {
      LOG.warn("native functions cannot be called error={}", unsupported.toString());
      return Optional.empty();
    }
  }

  /** The native object that {@code owner} holds in its field {@code nativeHandle}. */
  static <T> VarHandle handleOf(Class<T> owner) throws ReflectiveOperationException {
    return MethodHandles.privateLookupIn(owner, MethodHandles.lookup())
        .findVarHandle(owner, "nativeHandle", long.class);
  }

  void call(int slot, Object... arguments) throws OrtException {
    Pointer status = function(slot).invokePointer(arguments);
    if (status != null) {
      String message =
          function(GET_ERROR_MESSAGE).invokePointer(new Object[] {status}).getString(0);
      release(RELEASE_STATUS, status);
      throw new OrtException(message);
    }
  }

  void release(int slot, Pointer released) {
    function(slot).invokeVoid(new Object[] {released});
  }

  private Function function(int slot) {
    return Function.getFunction(api.getPointer((long) slot * Native.POINTER_SIZE));
  }
}
