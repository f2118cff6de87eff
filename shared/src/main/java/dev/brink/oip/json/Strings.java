package dev.brink.oip.json;

/** JSON strings as UTF-8, checked: escapes resolved, no lone surrogates, no malformed sequences. */
final class Strings {

  private Strings() {}

  /** Reads from behind the opening quote to behind the closing one. */
  static void read(JsonReader reader, ByteSink out) {
    byte[] text = reader.text;
    while (true) {
      int from = reader.position;
      int position = from;
      while (position < reader.end && isPlain(text[position])) {
        position++;
      }
      out.write(text, from, position - from);
      reader.position = position;
      if (position == reader.end) {
        throw reader.malformed("unterminated string");
      }
      if (text[position] == '"') {
        reader.position++;
        return;
      }
      special(reader, out);
    }
  }

  private static boolean isPlain(byte b) {
    return b >= ' ' && b != '"' && b != '\\';
  }

  private static void special(JsonReader reader, ByteSink out) {
    byte b = reader.text[reader.position];
    if (b == '\\') {
      reader.position++;
      escape(reader, out);
    } else if (b < 0) {
      multiByte(reader, out);
    } else {
      throw reader.malformed("control character in a string");
    }
  }

  private static void escape(JsonReader reader, ByteSink out) {
    if (reader.position == reader.end) {
      throw reader.malformed("unterminated string");
    }
    byte escaped = reader.text[reader.position++];
    switch (escaped) {
      case '"', '\\', '/' -> out.write(escaped);
      case 'b' -> out.write('\b');
      case 'f' -> out.write('\f');
      case 'n' -> out.write('\n');
      case 'r' -> out.write('\r');
      case 't' -> out.write('\t');
      case 'u' -> encode(codePoint(reader), out);
      default -> throw reader.malformed("invalid escape");
    }
  }

  private static int codePoint(JsonReader reader) {
    char first = unit(reader);
    if (!Character.isSurrogate(first)) {
      return first;
    }
    if (Character.isHighSurrogate(first) && reader.startsWith("\\u")) {
      reader.position += 2;
      char second = unit(reader);
      if (Character.isLowSurrogate(second)) {
        return Character.toCodePoint(first, second);
      }
    }
    throw reader.malformed("lone surrogate");
  }

  private static char unit(JsonReader reader) {
    if (reader.end - reader.position < 4) {
      throw reader.malformed("unterminated string");
    }
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      int digit = Character.digit(reader.text[reader.position + i], 16);
      if (digit < 0) {
        throw reader.malformed("invalid escape");
      }
      unit = unit << 4 | digit;
    }
    reader.position += 4;
    return (char) unit;
  }

  private static void encode(int codePoint, ByteSink out) {
    if (codePoint < 0x80) {
      out.write(codePoint);
    } else if (codePoint < 0x800) {
      out.write(0xc0 | codePoint >> 6);
      out.write(0x80 | codePoint & 0x3f);
    } else if (codePoint < 0x10000) {
      out.write(0xe0 | codePoint >> 12);
      out.write(0x80 | codePoint >> 6 & 0x3f);
      out.write(0x80 | codePoint & 0x3f);
    } else {
      out.write(0xf0 | codePoint >> 18);
      out.write(0x80 | codePoint >> 12 & 0x3f);
      out.write(0x80 | codePoint >> 6 & 0x3f);
      out.write(0x80 | codePoint & 0x3f);
    }
  }

  private static void multiByte(JsonReader reader, ByteSink out) {
    int length = Utf8.sequenceLength(reader.text, reader.position, reader.end);
    if (length == 0) {
      throw reader.malformed("text that is not UTF-8");
    }
    out.write(reader.text, reader.position, length);
    reader.position += length;
  }
}
