package dev.brink.oip.json;

/** Decimal to binary, correctly rounded, where that can be decided with 128 bits. */
final class Decimals {

  private static final double[] EXACT_POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };
  private static final long TWO_TO_53 = 1L << 53;

  private Decimals() {}

  /**
   * {@code digits} × 10^{@code exponent}, nearest double; NaN where this method cannot tell, such
   * as for subnormal results, and the slow way must be taken.
   *
   * @param digits unsigned
   */
  static double toDouble(long digits, int exponent) {
    if (digits == 0) {
      return 0;
    }
    if (digits > 0 && digits <= TWO_TO_53 && exponent >= -22 && exponent <= 22) {
      return exponent < 0
          ? digits / EXACT_POWERS_OF_TEN[-exponent]
          : digits * EXACT_POWERS_OF_TEN[exponent];
    }
    if (exponent < PowersOfFive.MIN || exponent > PowersOfFive.MAX) {
      return Double.NaN;
    }
    return approximated(digits, exponent);
  }

  private static double approximated(long digits, int exponent) {
    int shift = Long.numberOfLeadingZeros(digits);
    long normalized = digits << shift;
    long high = Math.unsignedMultiplyHigh(normalized, PowersOfFive.high(exponent));
    long low = normalized * PowersOfFive.high(exponent);
    if ((high & 0x1ff) == 0x1ff) {
      long more = Math.unsignedMultiplyHigh(normalized, PowersOfFive.low(exponent));
      low += more;
      if (Long.compareUnsigned(low, more) < 0) {
        high++;
      }
    }
    return low == -1L ? Double.NaN : assembled(high, low, shift, exponent);
  }

  private static double assembled(long high, long low, int shift, int exponent) {
    int upper = (int) (high >>> 63);
    long mantissa = high >>> (upper + 9);
    int binary = ((217706 * exponent) >> 16) + 63 + upper - shift + 1023;
    if (binary <= 0 || binary >= 2046) {
      return Double.NaN;
    }
    boolean mayBeHalfway = Long.compareUnsigned(low, 1) <= 0 && exponent >= -4 && exponent <= 23;
    if (mayBeHalfway && (mantissa & 3) == 1 && mantissa << (upper + 9) == high) {
      return Double.NaN;
    }
    mantissa = (mantissa + (mantissa & 1)) >>> 1;
    if (mantissa == TWO_TO_53) {
      mantissa >>>= 1;
      binary++;
    }
    return Double.longBitsToDouble(mantissa & ~(1L << 52) | (long) binary << 52);
  }

  /**
   * Whether the nearest float of a decimal is the nearest float of its nearest double {@code
   * value}: not where the double stands halfway between two floats, nor near the subnormal ones,
   * nor for NaN.
   */
  static boolean roundsOnce(double value) {
    long bits = Double.doubleToRawLongBits(value);
    return (bits & 0x1fff_ffffL) != 0x1000_0000L
        && (Math.abs(value) >= Float.MIN_NORMAL || value == 0);
  }
}
