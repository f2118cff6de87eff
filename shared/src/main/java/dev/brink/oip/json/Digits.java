package dev.brink.oip.json;

/** Eight ASCII digits at a time, the first in the lowest byte. */
final class Digits {

  private Digits() {}

  static boolean areDigits(long eight) {
    long aboveNine = eight + 0x4646464646464646L;
    long belowZero = eight - 0x3030303030303030L;
    return ((aboveNine | belowZero) & 0x8080808080808080L) == 0;
  }

  /** The number of up to eight places; pairs, then fours, then all are joined by multiplying. */
  static long value(long eight) {
    long pairs = (eight & 0x0f0f0f0f0f0f0f0fL) * 2561 >>> 8;
    long fours = (pairs & 0x00ff00ff00ff00ffL) * 6553601 >>> 16;
    return (fours & 0x0000ffff0000ffffL) * 42949672960001L >>> 32;
  }
}
