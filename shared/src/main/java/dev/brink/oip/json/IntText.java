package dev.brink.oip.json;

import java.nio.charset.StandardCharsets;

/** Whole numbers as decimal digits, two at a time. */
final class IntText {

  private static final int MOST = 11;
  private static final byte[] PAIRS = pairs();

  private IntText() {}

  private static byte[] pairs() {
    StringBuilder text = new StringBuilder(200);
    for (int i = 0; i < 100; i++) {
      text.append((char) ('0' + i / 10)).append((char) ('0' + i % 10));
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  static void write(int value, ByteSink out) {
    out.ensure(MOST);
    byte[] text = out.array();
    int at = out.size();
    if (value < 0) {
      text[at++] = '-';
      if (value == Integer.MIN_VALUE) {
        text[at++] = '2';
        value += 2_000_000_000;
      }
      value = -value;
    }
    int end = at + digits(value);
    fill(value, text, end);
    out.size(end);
  }

  /** How many digits {@code value}, which is not negative, has. */
  static int digits(int value) {
    int count = 1;
    for (long power = 10; power <= value; power *= 10) {
      count++;
    }
    return count;
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
