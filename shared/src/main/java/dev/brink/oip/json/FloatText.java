package dev.brink.oip.json;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * The shortest decimal that reads as a given float, and of those the nearest: the method of
 * Giulietti ("The Schubfach way to render doubles", 2020), whose interval of candidates is found
 * with one 64-bit power of ten.
 */
final class FloatText {

  private static final int MIN_POWER = -31;
  private static final int MAX_POWER = 45;
  private static final long[] POWERS = powers();
  private static final byte[] NAN = "NaN".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] INFINITY = "Infinity".getBytes(StandardCharsets.US_ASCII);

  /** Room for a sign, nine digits, a point, and zeros or an exponent. */
  private static final int MOST = 32;

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

  static void write(float value, ByteSink out) {
    int bits = Float.floatToRawIntBits(value);
    if (bits < 0 && value == value) {
      out.write('-');
    }
    int exponent = bits >>> 23 & 0xff;
    int fraction = bits & 0x7fffff;
    if (exponent == 0xff) {
      byte[] word = fraction == 0 ? INFINITY : NAN;
      out.write(word, 0, word.length);
    } else if (exponent == 0 && fraction == 0) {
      writeDecimal(0, 0, out);
    } else {
      writeFinite(exponent, fraction, out);
    }
  }

  private static void writeFinite(int exponent, int fraction, ByteSink out) {
    int c = exponent == 0 ? fraction : fraction | 1 << 23;
    int q = exponent == 0 ? -149 : exponent - 150;
    if (q <= 0 && q > -24 && (c & (1 << -q) - 1) == 0) {
      writeDecimal(c >>> -q, 0, out);
      return;
    }
    shortest(c, q, fraction == 0 && exponent > 1, out);
  }

  private static void shortest(int c, int q, boolean lowerIsCloser, ByteSink out) {
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
        writeDecimal(fewer + (nextFits ? 1 : 0), k + 1, out);
        return;
      }
    }
    writeDecimal(digits + (roundsUp(digits, low, middle, high) ? 1 : 0), k, out);
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
  private static void writeDecimal(int digits, int exponent, ByteSink out) {
    while (exponent < 0 && digits % 10 == 0) {
      digits /= 10;
      exponent++;
    }
    out.ensure(MOST);
    int count = IntText.digits(digits);
    int point = count + exponent;
    if (point > 10 || point < -4) {
      writeScientific(digits, count, point - 1, out);
    } else if (point <= 0) {
      writeSmall(digits, count, point, out);
    } else if (exponent >= 0) {
      writeWhole(digits, count, exponent, out);
    } else {
      writeMixed(digits, count, point, out);
    }
  }

  private static void writeSmall(int digits, int count, int point, ByteSink out) {
    byte[] text = out.array();
    int at = out.size();
    text[at++] = '0';
    text[at++] = '.';
    for (int zero = point; zero < 0; zero++) {
      text[at++] = '0';
    }
    IntText.fill(digits, text, at + count);
    out.size(at + count);
  }

  private static void writeWhole(int digits, int count, int exponent, ByteSink out) {
    byte[] text = out.array();
    int at = out.size() + count;
    IntText.fill(digits, text, at);
    for (int zero = 0; zero < exponent; zero++) {
      text[at++] = '0';
    }
    text[at++] = '.';
    text[at++] = '0';
    out.size(at);
  }

  private static void writeMixed(int digits, int count, int point, ByteSink out) {
    byte[] text = out.array();
    int at = out.size();
    IntText.fill(digits, text, at + count + 1);
    System.arraycopy(text, at + 1, text, at, point);
    text[at + point] = '.';
    out.size(at + count + 1);
  }

  private static void writeScientific(int digits, int count, int power, ByteSink out) {
    byte[] text = out.array();
    int at = out.size();
    IntText.fill(digits, text, at + count + 1);
    text[at] = text[at + 1];
    text[at + 1] = '.';
    int end = at + count + 1;
    if (count == 1) {
      text[end++] = '0';
    }
    text[end++] = 'e';
    out.size(end);
    IntText.write(power, out);
  }
}
