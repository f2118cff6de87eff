package dev.brink.oip.json;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/** Writes JSON as UTF-8; commas are set where they belong. */
public final class JsonWriter {

  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  private final ByteSink out;
  private boolean separate;

  public JsonWriter(int capacity) {
    this.out = new ByteSink(capacity);
  }

  public ByteSink bytes() {
    return out;
  }

  public JsonWriter beginObject() {
    return begin('{');
  }

  public JsonWriter endObject() {
    return end('}');
  }

  public JsonWriter beginArray() {
    return begin('[');
  }

  public JsonWriter endArray() {
    return end(']');
  }

  private JsonWriter begin(char bracket) {
    comma();
    out.write(bracket);
    separate = false;
    return this;
  }

  private JsonWriter end(char bracket) {
    out.write(bracket);
    separate = true;
    return this;
  }

  /** The name of the member whose value comes next. */
  public JsonWriter name(String name) {
    string(name);
    out.write(':');
    separate = false;
    return this;
  }

  public JsonWriter member(String name, String value) {
    return name(name).string(value);
  }

  public JsonWriter member(String name, long value) {
    return name(name).number(value);
  }

  public JsonWriter member(String name, boolean value) {
    return name(name).bool(value);
  }

  public JsonWriter bool(boolean value) {
    comma();
    ascii(value ? "true" : "false");
    return this;
  }

  public JsonWriter number(long value) {
    comma();
    if (value == (int) value) {
      out.ensure(IntText.MOST);
      out.size(IntText.write((int) value, out.array(), out.size()));
    } else {
      ascii(Long.toString(value));
    }
    return this;
  }

  /** Of 64 bits, all of them the number's. */
  JsonWriter unsigned(long value) {
    comma();
    ascii(Long.toUnsignedString(value));
    return this;
  }

  /** The shortest decimal that reads as {@code value}; NaN and the infinities as bare words. */
  public JsonWriter number(double value) {
    comma();
    ascii(Double.toString(value));
    return this;
  }

  /** As {@link #number(double)}. */
  JsonWriter number(float value) {
    comma();
    out.ensure(FloatText.MOST);
    out.size(FloatText.write(value, out.array(), out.size()));
    return this;
  }

  /** A text, a number or a truth value. */
  public JsonWriter value(Object value) {
    return switch (value) {
      case String text -> string(text);
      case Boolean flag -> bool(flag);
      case Long number -> number(number.longValue());
      case Integer number -> number(number.longValue());
      case BigInteger number -> unsigned(number.longValue());
      case Double number -> number(number.doubleValue());
      default -> throw new IllegalArgumentException("no JSON for " + value.getClass());
    };
  }

  public JsonWriter string(String value) {
    if (isPlain(value)) {
      comma();
      out.write('"');
      ascii(value);
      out.write('"');
      return this;
    }
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return string(utf8, 0, utf8.length);
  }

  /** Whether {@code value} stands in JSON as it is, a byte for each character. */
  private static boolean isPlain(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c > '~' || c == '"' || c == '\\') {
        return false;
      }
    }
    return true;
  }

  /** A string whose UTF-8 stands in {@code text}. */
  JsonWriter string(byte[] text, int from, int length) {
    comma();
    out.ensure(length + 2);
    out.write('"');
    int plain = from;
    for (int i = from; i < from + length; i++) {
      byte b = text[i];
      if (b >= 0 && b < ' ' || b == '"' || b == '\\') {
        out.write(text, plain, i - plain);
        escape(b);
        plain = i + 1;
      }
    }
    out.write(text, plain, from + length - plain);
    out.write('"');
    return this;
  }

  private void escape(byte b) {
    out.write('\\');
    switch (b) {
      case '"', '\\' -> out.write(b);
      case '\n' -> out.write('n');
      case '\r' -> out.write('r');
      case '\t' -> out.write('t');
      default -> {
        ascii("u00");
        out.write(HEX[b >> 4]);
        out.write(HEX[b & 15]);
      }
    }
  }

  /** The bytes, for many values that are written elsewhere with a comma behind each. */
  ByteSink startValues() {
    if (separate) {
      out.write(',');
    }
    return out;
  }

  /** Takes back the comma behind the last value. */
  void endValues() {
    boolean any = out.array()[out.size() - 1] == ',';
    if (any) {
      out.size(out.size() - 1);
    }
    separate = any;
  }

  private void comma() {
    if (separate) {
      out.write(',');
    }
    separate = true;
  }

  @SuppressWarnings("deprecation") // the copy of low bytes is what is wanted of ASCII
  private void ascii(String text) {
    int length = text.length();
    out.ensure(length);
    text.getBytes(0, length, out.array(), out.size());
    out.size(out.size() + length);
  }
}
