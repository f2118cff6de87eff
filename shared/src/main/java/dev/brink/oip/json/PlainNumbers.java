package dev.brink.oip.json;

/**
 * The quick way through an array of numbers as nearly all clients write them: {@code -12.345,}.
 * Whatever looks different in any way, and the array's last value, is left to {@link NumberReader},
 * which alone knows the whole grammar.
 */
final class PlainNumbers {

  /** Longer than any number that is read here, with its comma and space. */
  private static final int ROOM = 64;

  /** That fit 64 bits. */
  private static final int MOST_DIGITS = 19;

  /** What {@link #next} says of a number that it leaves alone. */
  static final int NONE = -1;

  private final byte[] text;
  private final int last;

  /** Of the number read by {@link #next}. */
  private long digits;

  private int fraction;
  private boolean negative;

  PlainNumbers(JsonReader reader) {
    this.text = reader.text;
    this.last = reader.end - ROOM;
  }

  /**
   * Reads the number at {@code from} with the comma behind it.
   *
   * @return where the next value stands; {@link #NONE} where nothing was read
   */
  private int next(int from) {
    if (from > last) {
      return NONE;
    }
    int at = from;
    boolean minus = text[at] == '-';
    if (minus) {
      at++;
    }
    long eight = Digits.eight(text, at);
    int whole = Digits.count(eight);
    if (whole == 0 || whole == 8 || whole > 1 && text[at] == '0') {
      return NONE;
    }
    long value = Digits.append(0, eight, whole);
    int leadingZero = text[at] == '0' ? 1 : 0;
    at += whole;
    int behind = 0;
    if (text[at] == '.') {
      int first = ++at;
      int count;
      do {
        eight = Digits.eight(text, at);
        count = Digits.count(eight);
        value = Digits.append(value, eight, count);
        at += count;
      } while (count == 8 && at - first < 24);
      behind = at - first;
      if (behind == 0 || behind + whole - leadingZero > MOST_DIGITS) {
        return NONE;
      }
    }
    if (text[at++] != ',') {
      return NONE;
    }
    digits = value;
    fraction = behind;
    negative = minus;
    return text[at] == ' ' ? at + 1 : at;
  }

  /**
   * Reads floats from {@code from} on into {@code target}, which takes {@code room} of them behind
   * its first {@code count}.
   *
   * @param positions the position reached is left in its first element
   * @return how many were read
   */
  int readFloats(int from, byte[] target, int count, int room, int[] positions) {
    int position = from;
    int read = 0;
    while (read < room) {
      int next = next(position);
      if (next == NONE) {
        break;
      }
      double value = Decimals.toDouble(digits, -fraction);
      if (!Decimals.roundsOnce(value)) {
        break;
      }
      TensorReader.FLOAT.set(target, (count + read++) * 4, (float) (negative ? -value : value));
      position = next;
    }
    positions[0] = position;
    return read;
  }

  /** As {@link #readFloats}, for doubles. */
  int readDoubles(int from, byte[] target, int count, int room, int[] positions) {
    int position = from;
    int read = 0;
    while (read < room) {
      int next = next(position);
      if (next == NONE) {
        break;
      }
      double value = Decimals.toDouble(digits, -fraction);
      if (Double.isNaN(value)) {
        break;
      }
      TensorReader.DOUBLE.set(target, (count + read++) * 8, negative ? -value : value);
      position = next;
    }
    positions[0] = position;
    return read;
  }

  /** As {@link #readFloats}, for whole numbers of one byte. */
  int readBytes(
      int from, byte[] target, int count, int room, int lowest, int highest, int[] positions) {
    int position = from;
    int read = 0;
    while (read < room) {
      int next = next(position);
      long value = negative ? -digits : digits;
      if (next == NONE || fraction > 0 || value < lowest || value > highest) {
        break;
      }
      target[count + read++] = (byte) value;
      position = next;
    }
    positions[0] = position;
    return read;
  }
}
