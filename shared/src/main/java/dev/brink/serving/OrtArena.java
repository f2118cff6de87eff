package dev.brink.serving;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.StringArray;
import com.sun.jna.ptr.PointerByReference;
import java.io.IOException;

/**
 * The memory on the CPU that runs work in, bounded and one for all models of the process. Sessions
 * that are opened with {@link #ENTRY} use it.
 */
final class OrtArena {

  static final String ENTRY = "session.use_env_allocators";

  private static final int CREATE_CPU_MEMORY_INFO = 69;
  private static final int RELEASE_MEMORY_INFO = 94;
  private static final int CREATE_AND_REGISTER_ALLOCATOR = 144;
  private static final int RELEASE_ARENA_CFG = 157;
  private static final int CREATE_ARENA_CFG_V2 = 164;
  private static final int ARENA_ALLOCATOR = 1;
  private static final int DEFAULT_MEMORY = 0;

  /** Takes no more from the system than a run needs; the other doubles each time. */
  private static final long SAME_AS_REQUESTED = 1;

  private static long limit;

  private OrtArena() {}

  /**
   * Has one made; the first call of a process counts.
   *
   * @param bytes more than which it never takes from the system; runs for which it does not suffice
   *     fail
   */
  static synchronized void share(long bytes) throws IOException {
    if (limit != 0) {
      return;
    }
    OrtFunctions functions =
        OrtFunctions.instance()
            .orElseThrow(() -> unavailable("no native functions can be called here", null));
    try {
      register(functions, bytes);
      limit = bytes;
    } catch (OrtException | ReflectiveOperationException refused) {
      throw unavailable(refused.getMessage(), refused);
    }
  }

  private static IOException unavailable(String reason, Throwable cause) {
    return new IOException("models.arena-limit: cannot be set: " + reason, cause);
  }

  private static void register(OrtFunctions functions, long bytes)
      throws OrtException, ReflectiveOperationException {
    PointerByReference memory = new PointerByReference();
    functions.call(CREATE_CPU_MEMORY_INFO, ARENA_ALLOCATOR, DEFAULT_MEMORY, memory);
    PointerByReference arena = new PointerByReference();
    try (Memory values = new Memory(2L * Native.SIZE_T_SIZE)) {
      values.setLong(0, bytes);
      values.setLong(Native.SIZE_T_SIZE, SAME_AS_REQUESTED);
      StringArray keys = new StringArray(new String[] {"max_mem", "arena_extend_strategy"});
      functions.call(CREATE_ARENA_CFG_V2, keys, values, 2L, arena);
      functions.call(
          CREATE_AND_REGISTER_ALLOCATOR, environment(), memory.getValue(), arena.getValue());
    } finally {
      if (arena.getValue() != null) {
        functions.release(RELEASE_ARENA_CFG, arena.getValue());
      }
      functions.release(RELEASE_MEMORY_INFO, memory.getValue());
    }
  }

  private static Pointer environment() throws ReflectiveOperationException {
    return new Pointer(
        (long) OrtFunctions.handleOf(OrtEnvironment.class).get(OrtModel.ENVIRONMENT));
  }
}
