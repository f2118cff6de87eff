package dev.brink.oip.json;

/** Which byte sequences are UTF-8, by the table of the Unicode standard (3-7). */
final class Utf8 {

  private Utf8() {}

  /** Whether all of {@code text} from {@code from} to {@code end} is well-formed. */
  static boolean isValid(byte[] text, int from, int end) {
    int position = from;
    while (position < end) {
      int length = text[position] >= 0 ? 1 : sequenceLength(text, position, end);
      if (length == 0) {
        return false;
      }
      position += length;
    }
    return true;
  }

  /** Length of the well-formed multi-byte sequence at {@code at}; 0 where there is none. */
  static int sequenceLength(byte[] text, int at, int end) {
    int lead = text[at] & 0xff;
    int length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || end - at < length) {
      return 0;
    }
    if (!isSecond(lead, text[at + 1] & 0xff)) {
      return 0;
    }
    for (int i = 2; i < length; i++) {
      if ((text[at + i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return length;
  }

  private static boolean isSecond(int lead, int second) {
    int lowest = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    int highest = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    return second >= lowest && second <= highest;
  }
}
