package dev.brink.oip.json;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Floats as text. Seven to nine digits are cut in three groups, whose characters stand in tables;
 * all of them are written, and what ends in zeros is cut off by where the next thing is written.
 */
final class FloatText {

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final byte[] NAN = "NaN".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] INFINITY = "Infinity".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] ZERO = "0.0".getBytes(StandardCharsets.US_ASCII);

  /** Room that a number and what is tried on the way to it take. */
  static final int MOST = 32;

  /** The decimal exponents between which numbers are written without one. */
  private static final int LOWEST_PLAIN = -5;

  private static final int HIGHEST_PLAIN = 6;

  private static final int LEAST_OF_SEVEN = 1_000_000;

  /** What digits are multiplied by so that the first group is in the bits from 53 on. */
  private static final long CUT = 9_007_199_255L;

  private static final int GROUP = 53;
  private static final long BELOW_GROUP = (1L << GROUP) - 1;
  private static final long DIGITS = 0x3030303030303030L;

  /** {@code 0.000000} and {@code -0.00000}. */
  private static final long[] ZEROS = {characters("0.000000"), characters("-0.00000")};

  /** As many as a group has bits for, so that no access needs to be checked. */
  private static final int GROUPS = 1 << Long.SIZE - GROUP;

  /** Three digits, and in the highest byte how many of them stand before zeros. */
  private static final int[] THREE = new int[GROUPS];

  /**
   * The first group without zeros before it, and in the highest byte its length and, times 4, minus
   * its zeros at the end.
   */
  private static final int[] PLAIN = new int[GROUPS];

  /** The same with a point behind its first digit, and in the second half without. */
  private static final int[] POINTED = new int[2 * GROUPS];

  /** Behind a group of zeros, wherever it is, nothing ends. */
  private static final int NONE = -100;

  private static final int LOWEST_EXPONENT = -45;

  /** {@code e-12}, and in the highest byte its length. */
  private static final long[] EXPONENTS = new long[128];

  static {
    for (int group = 0; group < 1000; group++) {
      String digits = Integer.toString(group);
      int significant = digits.replaceAll("0+$", "").length();
      int leading = 3 - digits.length();
      THREE[group] =
          (int) characters("0".repeat(leading) + digits)
              | (group == 0 ? NONE : leading + significant) << 24;
      int last = significant - digits.length();
      PLAIN[group] = (int) characters(digits) | (4 * last + digits.length()) << 24;
      POINTED[group] = (int) characters(digits.charAt(0) + "." + digits.substring(1));
      POINTED[GROUPS | group] = PLAIN[group];
    }
    for (int exponent = LOWEST_EXPONENT; exponent < -LOWEST_EXPONENT; exponent++) {
      String text = "e" + exponent;
      EXPONENTS[exponent - LOWEST_EXPONENT] = characters(text) | (long) text.length() << 56;
    }
  }

  private FloatText() {}

  /** The first lowest. */
  private static long characters(String text) {
    long characters = 0;
    for (int i = 0; i < text.length(); i++) {
      characters |= (long) text.charAt(i) << 8 * i;
    }
    return characters;
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
    if (exponent == 0 || exponent == 0xff) {
      return writeRare(exponent, fraction, bits >>> 31, text, at);
    }
    boolean power = fraction == 0;
    int digits =
        power ? FloatDigits.ofPower(exponent) : FloatDigits.of(fraction | 1 << 23, exponent);
    int scale = power ? FloatDigits.scaleOfPower(exponent) : FloatDigits.scale(exponent);
    return write(digits, scale, bits >>> 31, text, at);
  }

  /** Zero, what is subnormal or not finite. */
  private static int writeRare(int exponent, int fraction, int negative, byte[] text, int at) {
    if (exponent == 0xff && fraction != 0) {
      return word(NAN, text, at);
    }
    text[at] = '-';
    if (fraction == 0) {
      return word(exponent == 0 ? ZERO : INFINITY, text, at + negative);
    }
    int digits = FloatDigits.of(fraction, 1);
    int scale = FloatDigits.scale(1);
    while (digits < LEAST_OF_SEVEN) {
      digits *= 10;
      scale--;
    }
    return write(digits, scale, negative, text, at);
  }

  private static int word(byte[] word, byte[] text, int at) {
    System.arraycopy(word, 0, text, at, word.length);
    return at + word.length;
  }

  /**
   * Writes {@code digits}, seven to nine of them, × 10^{@code scale}: mostly {@code 0.}, zeros and
   * the digits; without zeros the first digit stands before the point.
   *
   * @param negative 1, or 0
   */
  private static int write(int digits, int scale, int negative, byte[] text, int at) {
    long cut = digits * CUT;
    int first = (int) (cut >>> GROUP);
    int power = power(first, scale);
    if (power > 0 || power < LOWEST_PLAIN) {
      return writeOther(digits, scale, negative, text, at);
    }
    cut = (cut & BELOW_GROUP) * 1000;
    int second = THREE[(int) (cut >>> GROUP)];
    int third = THREE[(int) ((cut & BELOW_GROUP) * 1000 >>> GROUP)];
    int start = at + negative;
    int any = power >>> 31;
    LONG.set(text, at, ZEROS[negative]);
    INT.set(text, start - power + any, POINTED[first | any * GROUPS]);
    int behind = start - scale - 4;
    INT.set(text, behind, second);
    INT.set(text, behind + 3, third);
    return Math.max(start + 3, behind + end(first, second, third));
  }

  /** The decimal exponent when there is one digit before the point. */
  private static int power(int first, int scale) {
    return scale + 5 + length(first);
  }

  private static int length(int first) {
    return PLAIN[first] >> 24 & 3;
  }

  /** Where, counted from behind the first group, the digits end: before it where that does. */
  private static int end(int first, int second, int third) {
    return Math.max(Math.max(PLAIN[first] >> 26, second >> 24), 3 + (third >> 24));
  }

  /** Cuts the digits again: what both ways share would slow down the other one. */
  private static int writeOther(int digits, int scale, int negative, byte[] text, int at) {
    long cut = digits * CUT;
    int first = (int) (cut >>> GROUP);
    int power = power(first, scale);
    cut = (cut & BELOW_GROUP) * 1000;
    int second = THREE[(int) (cut >>> GROUP)];
    int third = THREE[(int) ((cut & BELOW_GROUP) * 1000 >>> GROUP)];
    long six = second & 0xffffff | (third & 0xffffffL) << 24;
    int count = length(first) + end(first, second, third);
    text[at] = '-';
    return power > 0 && power <= HIGHEST_PLAIN
        ? writeLarge(first, six, count, power, text, at + negative)
        : writeScientific(first, six, count, power, text, at + negative);
  }

  /** Eight digits, again what of them is behind the point, and the ninth. */
  private static int writeLarge(int first, long six, int count, int power, byte[] text, int at) {
    int length = length(first);
    long eight = PLAIN[first] & 0xffffff | six << 8 * length;
    LONG.set(text, at, eight);
    text[at + 1 + power] = '.';
    LONG.set(text, at + 2 + power, eight >>> 8 * power + 8 | DIGITS);
    if (length == 3) {
      text[at + 9] = (byte) (six >>> 40);
    }
    return at + 1 + Math.max(power + 2, count);
  }

  private static int writeScientific(
      int first, long six, int count, int power, byte[] text, int at) {
    INT.set(text, at, POINTED[first]);
    LONG.set(text, at + 1 + length(first), six);
    int end = at + 1 + Math.max(2, count);
    long exponent = EXPONENTS[power - LOWEST_EXPONENT];
    LONG.set(text, end, exponent);
    return end + (int) (exponent >>> 56);
  }
}
