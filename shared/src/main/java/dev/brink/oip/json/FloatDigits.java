package dev.brink.oip.json;

import java.math.BigDecimal;
import java.math.BigInteger;

/**
 * The shortest decimal that reads as a given float, and of those the nearest, as Giulietti ("The
 * Schubfach way to render doubles", 2020) defines it. Of the powers of ten 10^k is the largest that
 * is no wider than the gap between the float and the next: a multiple of it always reads as the
 * float, of 10^(k+1) at most one. So the float is divided by 10^(k+1), by one multiplication; the
 * whole part or the one above is the answer if it is within half a gap, and else one digit more.
 *
 * <p>The bits of a tensor's floats are as good as random: what would be an if is arithmetic on a
 * sign here. The quotient is wrong by at most 2^-40, and no float comes that near to the borders
 * that it is compared with without standing on one: {@link #NEAR} is between the two. That holds
 * for every one of them, which a test can be told to go through.
 */
final class FloatDigits {

  /** In 2^-63 of 10^(k+1). */
  private static final long NEAR = 1L << 30;

  private static final long HALF = 1L << 59;
  private static final int NINE = 9;
  private static final int EXPONENTS = 256;

  /** The gap between floats of this exponent, in 2^-64 of 10^(k+1). */
  private static final long[] GAPS = new long[EXPONENTS];

  private static final byte[] SCALES = new byte[EXPONENTS];

  /** Nine digits, and the power of ten that goes with them. */
  private static final int[] POWERS_OF_TWO = new int[EXPONENTS];

  private static final byte[] SCALES_OF_POWERS = new byte[EXPONENTS];

  static {
    for (int exponent = 1; exponent < EXPONENTS - 1; exponent++) {
      int binary = exponent - 150;
      int scale = floorLog10OfPower2(binary);
      GAPS[exponent] = gap(binary, scale + 1);
      SCALES[exponent] = (byte) scale;
      BigDecimal power = powerOfTwo(exponent);
      POWERS_OF_TWO[exponent] = power.unscaledValue().intValueExact();
      SCALES_OF_POWERS[exponent] = (byte) -power.scale();
    }
  }

  private FloatDigits() {}

  private static int floorLog10OfPower2(int power) {
    return power * 1262611 >> 22;
  }

  /** 2^{@code binary} / 10^{@code decimal} × 2^64, rounded up. */
  private static long gap(int binary, int decimal) {
    BigInteger above = power(2, binary + 64).multiply(power(10, -decimal));
    BigInteger below = power(2, -binary - 64).multiply(power(10, decimal));
    return above.add(below).subtract(BigInteger.ONE).divide(below).longValue();
  }

  /** 1 where {@code exponent} is negative. */
  private static BigInteger power(long base, int exponent) {
    return BigInteger.valueOf(base).pow(Math.max(0, exponent));
  }

  /** The gap below a power of two is half the one above: these few the JDK is asked for. */
  private static BigDecimal powerOfTwo(int exponent) {
    BigDecimal shortest = new BigDecimal(Float.toString(Float.intBitsToFloat(exponent << 23)));
    return shortest.setScale(shortest.scale() + NINE - shortest.precision());
  }

  /** The nine digits of 2^({@code exponent} - 127). */
  static int ofPower(int exponent) {
    return POWERS_OF_TWO[exponent];
  }

  /** The power of ten by which {@link #ofPower} is to be multiplied. */
  static int scaleOfPower(int exponent) {
    return SCALES_OF_POWERS[exponent];
  }

  /** The power of ten by which {@link #of} is to be multiplied. */
  static int scale(int exponent) {
    return SCALES[exponent];
  }

  /**
   * The digits of {@code significand} × 2^({@code exponent} - 150), which is no power of two from
   * exponent 2 on: up to nine, at least seven where the float is not subnormal.
   */
  static int of(int significand, int exponent) {
    long gap = GAPS[exponent];
    long quotient = Math.unsignedMultiplyHigh(gap, (long) significand << 40);
    int tens = (int) (quotient >>> 40);
    long rest = quotient << 24;
    long reach = (gap >>> 2) + NEAR - (significand & 1) * (2 * NEAR);
    int within = (int) ((rest >>> 1) - reach >>> 63);
    int nextWithin = (int) ((rest >>> 1) + reach >>> 63);
    int one = nearest((rest >>> 4) * 10);
    return 10 * (tens + nextWithin) + (one & (within | nextWithin) - 1);
  }

  /** Of 2^60ths; of two that are equally near the even one. */
  private static int nearest(long value) {
    int floor = (int) (value >>> 60);
    return (int) (value + HALF - 1 + (floor & 1) >>> 60);
  }
}
