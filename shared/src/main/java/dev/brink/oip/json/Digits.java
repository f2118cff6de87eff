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
}
