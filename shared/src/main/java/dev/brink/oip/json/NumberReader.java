package dev.brink.oip.json;

import dev.brink.inference.InferenceError;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * Reads numbers out of a {@link JsonReader}'s bytes. One pass collects the digits in a {@code
 * long}; the few numbers that need more precision than that are left to the JDK.
 */
final class NumberReader {

  private static final int MAX_EXPONENT = 100_000;

  /** Nearly four times what the longest double takes when it is written out. */
  private static final int MOST_BYTES = 4096;

  private final JsonReader reader;
  private final byte[] text;
  private final int end;

  private int start;
  private long digits;
  private int digitCount;
  private int exponent;
  private boolean negative;
  private boolean whole;

  NumberReader(JsonReader reader) {
    this.reader = reader;
    this.text = reader.text;
    this.end = reader.end;
  }

  /** A {@code Long} where the number is whole and fits, a {@code Double} otherwise. */
  Number any() {
    int from = reader.position;
    if (isSpecial()) {
      return special();
    }
    scan();
    if (whole && digitCount <= 19 && digits >= 0) {
      return negative ? -digits : digits;
    }
    if (whole && !negative && (digitCount == 19 || digitCount == 20 && fitsUnsigned())) {
      return new BigInteger(Long.toUnsignedString(digits));
    }
    reader.position = from;
    return nextDouble();
  }

  double nextDouble() {
    if (isSpecial()) {
      return special();
    }
    scan();
    double value = digitCount <= 19 ? Decimals.toDouble(digits, exponent) : Double.NaN;
    if (Double.isNaN(value)) {
      return finite(Double.parseDouble(literal()), "FP64");
    }
    return negative ? -value : value;
  }

  float nextFloat() {
    if (isSpecial()) {
      return (float) special();
    }
    scan();
    double value = digitCount <= 19 ? Decimals.toDouble(digits, exponent) : Double.NaN;
    if (!Decimals.roundsOnce(value)) {
      return (float) finite(Float.parseFloat(literal()), "FP32");
    }
    float narrow = (float) value;
    finite(narrow, "FP32");
    return negative ? -narrow : narrow;
  }

  private double finite(double value, String type) {
    if (Double.isInfinite(value)) {
      throw outOfRange(type);
    }
    return value;
  }

  /** A whole number from {@code lowest} to {@code highest}. */
  long nextLong(String type, long lowest, long highest) {
    wholeNumber(type);
    long value = negative ? -digits : digits;
    boolean fits = digitCount <= 18 || fitsLong();
    if (!fits || value < lowest || value > highest) {
      throw outOfRange(type);
    }
    return value;
  }

  private boolean fitsLong() {
    return digitCount == 19 && (digits >= 0 || negative && digits == Long.MIN_VALUE);
  }

  /** A whole number of 0 or more, the upper half of its range as negative ones. */
  long nextUnsignedLong() {
    wholeNumber("UINT64");
    boolean fits = digitCount <= 19 || digitCount == 20 && fitsUnsigned();
    if (!fits || negative && digits != 0) {
      throw outOfRange("UINT64");
    }
    return digits;
  }

  /** Of the numbers of 20 digits those fit that start with 1 and did not wrap below it. */
  private boolean fitsUnsigned() {
    return text[reader.position - 20] == '1'
        && Long.compareUnsigned(digits, -8446744073709551616L) >= 0;
  }

  private void wholeNumber(String type) {
    if (isSpecial()) {
      throw notWhole(type);
    }
    scan();
    if (!whole) {
      throw notWhole(type);
    }
  }

  private boolean isSpecial() {
    reader.skipSpace();
    int at = reader.position;
    if (at < end && text[at] == '-') {
      at++;
    }
    return at < end && (text[at] == 'N' || text[at] == 'I');
  }

  private double special() {
    return switch ((char) reader.next()) {
      case 'N' -> word("NaN", Double.NaN);
      case 'I' -> word("Infinity", Double.POSITIVE_INFINITY);
      default -> word("-Infinity", Double.NEGATIVE_INFINITY);
    };
  }

  private double word(String word, double value) {
    if (!reader.startsWith(word)) {
      throw reader.malformed("expected a number");
    }
    reader.position += word.length();
    return value;
  }

  /** Reads the number's parts: [-] whole digits [. fraction] [e exponent]. */
  private void scan() {
    int at = reader.position;
    start = at;
    negative = at < end && text[at] == '-';
    if (negative) {
      at++;
    }
    digits = 0;
    exponent = 0;
    int first = at;
    at = readDigits(at);
    digitCount = at - first;
    if (digitCount == 0 || digitCount > 1 && text[first] == '0') {
      reader.position = at;
      throw reader.malformed("expected a number");
    }
    if (text[first] == '0') {
      digitCount = 0;
    }
    whole = true;
    if (at < end && text[at] == '.') {
      at = readFraction(at + 1);
    }
    if (at < end && (text[at] | 0x20) == 'e') {
      at = readExponent(at + 1);
    }
    if (at - start > MOST_BYTES) {
      reader.position = start;
      throw reader.malformed("a number of more than " + MOST_BYTES + " bytes");
    }
    reader.position = at;
  }

  private int readFraction(int from) {
    whole = false;
    int at = from;
    if (digitCount == 0) {
      while (at < end && text[at] == '0') {
        at++;
      }
    }
    int significant = at;
    at = readDigits(at);
    if (at == from) {
      reader.position = at;
      throw reader.malformed("expected digits after '.'");
    }
    digitCount += at - significant;
    exponent = from - at;
    return at;
  }

  private int readDigits(int from) {
    int at = from;
    long value = digits;
    int count = 8;
    while (count == 8 && at + 8 <= end) {
      long eight = Digits.eight(text, at);
      count = Digits.count(eight);
      value = Digits.append(value, eight, count);
      at += count;
    }
    while (count == 8 && at < end && text[at] >= '0' && text[at] <= '9') {
      value = value * 10 + text[at] - '0';
      at++;
    }
    digits = value;
    return at;
  }

  private int readExponent(int from) {
    whole = false;
    int at = from;
    boolean minus = at < end && text[at] == '-';
    if (minus || at < end && text[at] == '+') {
      at++;
    }
    int first = at;
    int value = 0;
    while (at < end && text[at] >= '0' && text[at] <= '9') {
      value = Math.min(value * 10 + text[at] - '0', MAX_EXPONENT);
      at++;
    }
    if (at == first) {
      reader.position = at;
      throw reader.malformed("expected digits in the exponent");
    }
    exponent += minus ? -value : value;
    return at;
  }

  private String literal() {
    return new String(text, start, reader.position - start, StandardCharsets.ISO_8859_1);
  }

  private RuntimeException outOfRange(String type) {
    return InferenceError.invalid(
        "value %s at byte %d is out of range for %s".formatted(abbreviated(), start, type));
  }

  private RuntimeException notWhole(String type) {
    return InferenceError.invalid(
        "expected a whole number for %s at byte %d".formatted(type, reader.position));
  }

  private String abbreviated() {
    String literal = literal();
    return literal.length() <= 40 ? literal : literal.substring(0, 40) + "…";
  }
}
