package dev.brink.oip.json;

import java.nio.charset.StandardCharsets;

/** Whole numbers as decimal digits, two at a time. */
final class IntText {

  static final int MOST = 11;
  private static final byte[] PAIRS = pairs();

  private IntText() {}

  private static byte[] pairs() {
    StringBuilder text = new StringBuilder(200);
    for (int i = 0; i < 100; i++) {
      text.append((char) ('0' + i / 10)).append((char) ('0' + i % 10));
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Writes {@code value} at {@code at}, with {@link #MOST} bytes of room there.
   *
   * @return where the text ends
   */
  static int write(int value, byte[] text, int at) {
    int start = at;
    int rest = value;
    if (value < 0) {
      text[start++] = '-';
      if (value == Integer.MIN_VALUE) {
        text[start++] = '2';
        rest += 2_000_000_000;
      }
      rest = -rest;
    }
    int end = start + digits(rest);
    fill(rest, text, end);
    return end;
  }

  /** How many digits {@code value}, which is not negative, has. */
  static int digits(int value) {
    if (value < 100) {
      return value < 10 ? 1 : 2;
    }
    if (value < 10_000) {
      return value < 1_000 ? 3 : 4;
    }
    if (value < 1_000_000) {
      return value < 100_000 ? 5 : 6;
    }
    if (value < 100_000_000) {
      return value < 10_000_000 ? 7 : 8;
    }
    return value < 1_000_000_000 ? 9 : 10;
  }

  /** Writes the digits of {@code value} so that the last stands before {@code end}. */
  static void fill(int value, byte[] text, int end) {
    int rest = value;
    int at = end;
    while (rest >= 100) {
      int pair = rest % 100 * 2;
      rest /= 100;
      text[--at] = PAIRS[pair + 1];
      text[--at] = PAIRS[pair];
    }
    if (rest >= 10) {
      text[--at] = PAIRS[rest * 2 + 1];
      text[--at] = PAIRS[rest * 2];
    } else {
      text[--at] = (byte) ('0' + rest);
    }
  }
}
