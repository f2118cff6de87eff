package dev.brink.oip.json;

import java.math.BigInteger;

/**
 * The leading 128 bits of 5^q for every q that a {@code double} can need, made once by exact
 * arithmetic. Truncated, but for q from -27 to -1 rounded up, as the method of Eisel and Lemire
 * ("Number parsing at a gigabyte per second", 2021) wants them.
 */
final class PowersOfFive {

  static final int MIN = -342;
  static final int MAX = 308;

  private static final long[] HIGH = new long[MAX - MIN + 1];
  private static final long[] LOW = new long[MAX - MIN + 1];

  static {
    for (int q = MIN; q <= MAX; q++) {
      BigInteger bits = q < 0 ? reciprocal(-q) : leading(BigInteger.valueOf(5).pow(q));
      HIGH[q - MIN] = bits.shiftRight(64).longValue();
      LOW[q - MIN] = bits.longValue();
    }
  }

  private PowersOfFive() {}

  static long high(int q) {
    return HIGH[q - MIN];
  }

  static long low(int q) {
    return LOW[q - MIN];
  }

  private static BigInteger leading(BigInteger value) {
    int surplus = value.bitLength() - 128;
    return surplus > 0 ? value.shiftRight(surplus) : value.shiftLeft(-surplus);
  }

  private static BigInteger reciprocal(int q) {
    BigInteger power = BigInteger.valueOf(5).pow(q);
    int shift = power.bitLength() + 127;
    BigInteger truncated = BigInteger.ONE.shiftLeft(shift).divide(power);
    return q <= 27 ? truncated.add(BigInteger.ONE) : truncated;
  }
}
