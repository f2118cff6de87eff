package dev.brink.oip.json;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * The shortest decimal that reads as a given float, and of those the nearest: the method of
 * Giulietti ("The Schubfach way to render doubles", 2020), whose interval of candidates is found
 * with one 64-bit power of ten. Most floats of a tensor go a way almost without branches, because
 * their bits are as good as random: what would be an if is arithmetic on a sign there.
 */
final class FloatText {

  private static final int MIN_POWER = -31;
  private static final int MAX_POWER = 45;
  private static final long[] POWERS = powers();
  private static final long[] POWER_BY_EXPONENT = new long[256];
  private static final byte[] SHIFT_BY_EXPONENT = new byte[256];
  private static final byte[] SCALE_BY_EXPONENT = new byte[256];
  private static final int[] TO_NINE_DIGITS = {100, 10, 1};

  /** {@code 0.000000}, the first byte lowest. */
  private static final long SMALL = 0x3030303030302e30L;

  static {
    for (int exponent = 1; exponent < 255; exponent++) {
      int q = exponent - 150;
      int k = floorLog10OfPower2(q);
      POWER_BY_EXPONENT[exponent] = POWERS[-k - MIN_POWER];
      SHIFT_BY_EXPONENT[exponent] = (byte) (q + floorLog2OfPower10(-k) + 1);
      SCALE_BY_EXPONENT[exponent] = (byte) k;
    }
  }

  private static final byte[] NAN = "NaN".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] INFINITY = "Infinity".getBytes(StandardCharsets.US_ASCII);

  /** Room that a number and what is tried on the way to it take. */
  static final int MOST = 32;

  private FloatText() {}

  /** 10^k as 64 bits with the highest set, rounded up. */
  private static long[] powers() {
    long[] powers = new long[MAX_POWER - MIN_POWER + 1];
    for (int k = MIN_POWER; k <= MAX_POWER; k++) {
      int shift = 63 - floorLog2OfPower10(k);
      BigInteger ten = BigInteger.TEN.pow(Math.abs(k));
      BigInteger above = k >= 0 ? shifted(ten, shift) : BigInteger.ONE.shiftLeft(shift);
      BigInteger below = k >= 0 ? shifted(BigInteger.ONE, -shift) : ten;
      BigInteger[] parts = above.divideAndRemainder(below);
      powers[k - MIN_POWER] =
          parts[0].add(parts[1].signum() == 0 ? BigInteger.ZERO : BigInteger.ONE).longValue();
    }
    return powers;
  }

  private static BigInteger shifted(BigInteger value, int shift) {
    return shift > 0 ? value.shiftLeft(shift) : value;
  }

  private static int floorLog2OfPower10(int power) {
    return power * 1741647 >> 19;
  }

  private static int floorLog10OfPower2(int power) {
    return power * 1262611 >> 22;
  }

  private static int floorLog10OfThreeQuartersOfPower2(int power) {
    return power * 1262611 - 524031 >> 22;
  }

  /**
   * Writes {@code value} at {@code at}, with {@link #MOST} bytes of room there.
   *
   * @return where the text ends
   */
  static int write(float value, byte[] text, int at) {
    int bits = Float.floatToRawIntBits(value);
    int exponent = bits >>> 23 & 0xff;
    int fraction = bits & 0x7fffff;
    return exponent == 0 || exponent == 0xff || fraction == 0
        ? writeRare(bits, exponent, fraction, text, at)
        : writeUsual(bits, exponent, fraction, text, at);
  }

  /** Zero, what is subnormal or not finite, powers of two. */
  private static int writeRare(int bits, int exponent, int fraction, byte[] text, int at) {
    if (exponent == 0xff && fraction != 0) {
      return word(NAN, text, at);
    }
    int start = at;
    if (bits < 0) {
      text[start++] = '-';
    }
    if (exponent == 0xff) {
      return word(INFINITY, text, start);
    }
    return exponent == 0 && fraction == 0
        ? writeDecimal(0, 0, text, start)
        : writeFinite(exponent, fraction, text, start);
  }

  private static int writeUsual(int bits, int exponent, int fraction, byte[] text, int at) {
    text[at] = '-';
    int start = at + (bits >>> 31);
    int k = SCALE_BY_EXPONENT[exponent];
    int digits = digits(fraction | 1 << 23, exponent);
    int longer = (9_999_999 - digits >>> 31) + (99_999_999 - digits >>> 31);
    int power = k + 6 + longer;
    if (power < -5 || power > 7) {
      return writeDecimal(digits, k, text, start);
    }
    int nine = digits * TO_NINE_DIGITS[longer];
    int first = nine / 100_000_000;
    long places = Digits.places(nine - first * 100_000_000);
    return power > 0
        ? writeLarge(first, places, power, text, start)
        : writeSmall(first, places, -power, text, start);
  }

  /** One digit, up to seven more, and what is behind the point. */
  private static int writeLarge(int first, long places, int power, byte[] text, int at) {
    text[at] = (byte) ('0' + first);
    Digits.writePlaces(places, text, at + 1);
    text[at + 1 + power] = '.';
    Digits.writePlaces(places >>> 8 * power, text, at + 2 + power);
    return at + 2 + power + Math.max(1, Digits.significant(places) - power);
  }

  /** {@code 0.}, zeros and the digits; without zeros the first digit stands before the point. */
  private static int writeSmall(int first, long places, int zeros, byte[] text, int at) {
    int any = -zeros >>> 31;
    Digits.writeBytes(SMALL, text, at);
    text[at + zeros + any] = (byte) ('0' + first);
    Digits.writePlaces(places, text, at + zeros + 2);
    return at + zeros + 2 + Math.max(1 - any, Digits.significant(places));
  }

  /** As {@link #shortest}, for a float that is no power of two. */
  private static int digits(int c, int exponent) {
    long power = POWER_BY_EXPONENT[exponent];
    int h = SHIFT_BY_EXPONENT[exponent];
    int odd = c & 1;
    int low = roundToOdd(power, 4 * c - 2 << h) + odd;
    int middle = roundToOdd(power, 4 * c << h);
    int high = roundToOdd(power, 4 * c + 2 << h) - odd;
    int digits = middle >>> 2;
    int tens = digits / 10;
    int tensFit = atMost(low, 40 * tens);
    int nextTensFit = atMost(40 * tens + 40, high);
    int onesFit = atMost(low, 4 * digits);
    int nextOnesFit = atMost(4 * digits + 4, high);
    int nearer = 4 * digits + 2 - middle - (digits & 1) >>> 31;
    int up = chosen(onesFit ^ nextOnesFit, nextOnesFit, nearer);
    return chosen(tensFit ^ nextTensFit, 10 * (tens + nextTensFit), digits + up);
  }

  /** 1 where {@code value} is not above {@code bound}, else 0; both are below 2^30. */
  private static int atMost(int value, int bound) {
    return 1 + (bound - value >> 31);
  }

  /** {@code one} where {@code which} is 1, {@code other} where it is 0. */
  private static int chosen(int which, int one, int other) {
    return other ^ (one ^ other) & -which;
  }

  private static int word(byte[] word, byte[] text, int at) {
    System.arraycopy(word, 0, text, at, word.length);
    return at + word.length;
  }

  private static int writeFinite(int exponent, int fraction, byte[] text, int at) {
    int c = exponent == 0 ? fraction : fraction | 1 << 23;
    int q = exponent == 0 ? -149 : exponent - 150;
    return q <= 0 && q > -24 && (c & (1 << -q) - 1) == 0
        ? writeDecimal(c >>> -q, 0, text, at)
        : shortest(c, q, fraction == 0 && exponent > 1, text, at);
  }

  private static int shortest(int c, int q, boolean lowerIsCloser, byte[] text, int at) {
    int k = lowerIsCloser ? floorLog10OfThreeQuartersOfPower2(q) : floorLog10OfPower2(q);
    int h = q + floorLog2OfPower10(-k) + 1;
    long power = POWERS[-k - MIN_POWER];
    int odd = c & 1;
    int low = roundToOdd(power, (4 * c - (lowerIsCloser ? 1 : 2)) << h) + odd;
    int middle = roundToOdd(power, 4 * c << h);
    int high = roundToOdd(power, (4 * c + 2) << h) - odd;
    int digits = middle >>> 2;
    if (digits >= 10) {
      int fewer = digits / 10;
      boolean fits = low <= 40 * fewer;
      boolean nextFits = 40 * fewer + 40 <= high;
      if (fits != nextFits) {
        return writeDecimal(fewer + (nextFits ? 1 : 0), k + 1, text, at);
      }
    }
    int up = roundsUp(digits, low, middle, high) ? 1 : 0;
    return writeDecimal(digits + up, k, text, at);
  }

  private static boolean roundsUp(int digits, int low, int middle, int high) {
    boolean fits = low <= 4 * digits;
    boolean nextFits = 4 * digits + 4 <= high;
    if (fits != nextFits) {
      return nextFits;
    }
    int half = 4 * digits + 2;
    return middle > half || middle == half && (digits & 1) == 1;
  }

  /** The product's upper part, its lowest bit set when anything below it is. */
  private static int roundToOdd(long power, int factor) {
    long wide = factor & 0xffffffffL;
    long high = Math.unsignedMultiplyHigh(power, wide);
    long low = power * wide;
    return (int) high | ((low >>> 32) > 1 ? 1 : 0);
  }

  /** Writes {@code digits} × 10^{@code exponent} with a point in it. */
  private static int writeDecimal(int digits, int exponent, byte[] text, int at) {
    int significant = digits;
    int power = exponent;
    while (power < 0 && significant % 10 == 0) {
      significant /= 10;
      power++;
    }
    int count = IntText.digits(significant);
    int point = count + power;
    if (point > 10 || point < -4) {
      return writeScientific(significant, count, point - 1, text, at);
    }
    if (point <= 0) {
      return writeSmall(significant, count, point, text, at);
    }
    return power >= 0
        ? writeWhole(significant, count, power, text, at)
        : writeMixed(significant, count, point, text, at);
  }

  private static int writeSmall(int digits, int count, int point, byte[] text, int at) {
    int next = at;
    text[next++] = '0';
    text[next++] = '.';
    for (int zero = point; zero < 0; zero++) {
      text[next++] = '0';
    }
    IntText.fill(digits, text, next + count);
    return next + count;
  }

  private static int writeWhole(int digits, int count, int exponent, byte[] text, int at) {
    int next = at + count;
    IntText.fill(digits, text, next);
    for (int zero = 0; zero < exponent; zero++) {
      text[next++] = '0';
    }
    text[next++] = '.';
    text[next++] = '0';
    return next;
  }

  private static int writeMixed(int digits, int count, int point, byte[] text, int at) {
    IntText.fill(digits, text, at + count + 1);
    for (int i = at; i < at + point; i++) {
      text[i] = text[i + 1];
    }
    text[at + point] = '.';
    return at + count + 1;
  }

  private static int writeScientific(int all, int most, int power, byte[] text, int at) {
    int digits = all;
    int count = most;
    while (digits % 10 == 0) {
      digits /= 10;
      count--;
    }
    IntText.fill(digits, text, at + count + 1);
    text[at] = text[at + 1];
    text[at + 1] = '.';
    int next = at + count + 1;
    if (count == 1) {
      text[next++] = '0';
    }
    text[next++] = 'e';
    return IntText.write(power, text, next);
  }
}
