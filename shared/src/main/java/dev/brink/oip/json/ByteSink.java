package dev.brink.oip.json;

import java.util.Arrays;
import java.util.function.IntConsumer;

/** Bytes that grow as they are written. */
public final class ByteSink {

  private final IntConsumer growth;
  private byte[] array;
  private int size;

  public ByteSink(int capacity) {
    this(capacity, more -> {});
  }

  /**
   * @param growth told of further bytes before they are taken; may throw
   */
  ByteSink(int capacity, IntConsumer growth) {
    this.array = new byte[capacity];
    this.growth = growth;
  }

  public void write(int b) {
    if (size == array.length) {
      ensure(1);
    }
    array[size++] = (byte) b;
  }

  void write(byte[] source, int from, int length) {
    ensure(length);
    System.arraycopy(source, from, array, size, length);
    size += length;
  }

  /** Makes room for {@code more} bytes behind those written. */
  void ensure(int more) {
    if (array.length - size < more) {
      int capacity = Math.max(Math.addExact(size, more), array.length * 2);
      growth.accept(capacity - array.length);
      array = Arrays.copyOf(array, capacity);
    }
  }

  /** The bytes written, and room behind them. */
  public byte[] array() {
    return array;
  }

  public int size() {
    return size;
  }

  void size(int other) {
    size = other;
  }
}
