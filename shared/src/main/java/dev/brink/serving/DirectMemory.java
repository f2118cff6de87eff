package dev.brink.serving;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Native memory that one tensor of one instance is written to, run after run: a fresh direct buffer
 * costs more than most runs. Grows to what was asked and keeps it.
 */
final class DirectMemory {

  private ByteBuffer memory = ByteBuffer.allocateDirect(0);

  /** Whether {@link #view} of so many bytes would move the memory, and views given out with it. */
  boolean mustGrow(int bytes) {
    return bytes > memory.capacity();
  }

  /** The first {@code bytes} bytes in native order, as ONNX Runtime reads them. */
  ByteBuffer view(int bytes) {
    if (mustGrow(bytes)) {
      memory = ByteBuffer.allocateDirect(Math.max(bytes, Math.min(bytes, 1 << 20) * 2));
    }
    return memory.slice(0, bytes).order(ByteOrder.nativeOrder());
  }

  int capacity() {
    return memory.capacity();
  }
}
