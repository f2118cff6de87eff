package dev.brink.oip.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Eight ASCII digits at a time, the first in the lowest byte. */
final class Digits {

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long[] POWERS_OF_TEN = {
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000
  };

  private Digits() {}

  static long eight(byte[] text, int at) {
    return (long) LONG.get(text, at);
  }

  /** How many of the bytes are digits before the first that is none. */
  static int count(long eight) {
    long aboveNine = eight + 0x4646464646464646L;
    long belowZero = eight - 0x3030303030303030L;
    return Long.numberOfTrailingZeros((aboveNine | belowZero) & 0x8080808080808080L) >>> 3;
  }

  /** {@code value} with the first {@code count} digits of {@code eight} appended. */
  static long append(long value, long eight, int count) {
    return count == 0 ? value : value * POWERS_OF_TEN[count] + value(eight << (64 - 8 * count));
  }

  /** The number of eight places; pairs, then fours, then all are joined by multiplying. */
  private static long value(long eight) {
    long pairs = (eight & 0x0f0f0f0f0f0f0f0fL) * 2561 >>> 8;
    long fours = (pairs & 0x00ff00ff00ff00ffL) * 6553601 >>> 16;
    return (fours & 0x0000ffff0000ffffL) * 42949672960001L >>> 32;
  }

  /**
   * The eight places of {@code value}, which is below 10^8, as numbers: a lane of four digits
   * becomes two of two, and then four of one.
   */
  static long places(int value) {
    int upper = value / 10_000;
    long fours = upper | (long) (value - upper * 10_000) << 32;
    long hundreds = fours * 10_486 >>> 20 & 0x0000007f0000007fL;
    long twos = hundreds | fours - hundreds * 100 << 16;
    long tens = twos * 103 >>> 10 & 0x000f000f000f000fL;
    return tens | twos - tens * 10 << 8;
  }

  /** How many of {@code places} stand before the zeros at their end. */
  static int significant(long places) {
    return Long.BYTES - (Long.numberOfLeadingZeros(places) >>> 3);
  }

  static void writePlaces(long places, byte[] text, int at) {
    LONG.set(text, at, places | 0x3030303030303030L);
  }

  static void writeBytes(long bytes, byte[] text, int at) {
    LONG.set(text, at, bytes);
  }
}
