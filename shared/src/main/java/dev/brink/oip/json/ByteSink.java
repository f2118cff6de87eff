package dev.brink.oip.json;

import java.util.Arrays;

/** Bytes that grow as they are written. */
public final class ByteSink {

  private byte[] array;
  private int size;

  public ByteSink(int capacity) {
    this.array = new byte[capacity];
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
      array = Arrays.copyOf(array, Math.max(Math.addExact(size, more), array.length * 2));
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
