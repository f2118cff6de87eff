package dev.brink.oip.json;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.function.LongPredicate;

/**
 * Pulls values out of JSON text in UTF-8, in the order in which they stand. Strict as RFC 8259, but
 * for the numbers {@code NaN}, {@code Infinity} and {@code -Infinity}, which the protocol's clients
 * write. What is malformed is an invalid request that names the byte.
 */
public final class JsonReader {

  static final int MAX_DEPTH = 100;
  private static final int SHORT_TEXT = 1024;

  /** What stands next. */
  public enum Kind {
    OBJECT,
    ARRAY,
    STRING,
    NUMBER,
    BOOLEAN,
    NULL
  }

  final byte[] text;
  final int end;
  int position;

  /** Whether a value of the object or array at this depth has been read already. */
  private final boolean[] started = new boolean[MAX_DEPTH + 1];

  private final LongPredicate memory;

  private int depth;
  private String name = "";

  /** Reads {@code length} bytes of {@code text} from {@code offset} on. */
  public JsonReader(byte[] text, int offset, int length) {
    this(text, offset, length, bytes -> true);
  }

  /**
   * @param memory asked for the bytes of whatever can be large before they are taken
   */
  public JsonReader(byte[] text, int offset, int length, LongPredicate memory) {
    this.memory = memory;
    this.text = text;
    this.position = offset;
    this.end = offset + length;
  }

  public Kind peek() {
    return switch (next()) {
      case '{' -> Kind.OBJECT;
      case '[' -> Kind.ARRAY;
      case '"' -> Kind.STRING;
      case 't', 'f' -> Kind.BOOLEAN;
      case 'n' -> Kind.NULL;
      default -> Kind.NUMBER;
    };
  }

  /**
   * @param what named in the error when something else stands here
   */
  public void beginObject(String what) {
    begin('{', what, "an object");
  }

  /**
   * @param what named in the error when something else stands here
   */
  public void beginArray(String what) {
    begin('[', what, "an array");
  }

  private void begin(char bracket, String what, String expected) {
    if (next() != bracket) {
      throw unexpected(what, expected);
    }
    position++;
    descend();
  }

  /** Goes one level deeper; also for those who read arrays themselves. */
  void descend() {
    if (depth == MAX_DEPTH) {
      throw InferenceError.invalid(
          "JSON nesting depth exceeds maximum allowed limit (" + MAX_DEPTH + ")");
    }
    started[++depth] = false;
  }

  void ascend() {
    depth--;
  }

  /** Steps to the object's next member, whose name is then {@link #name}; false at its end. */
  public boolean nextMember() {
    if (!another('}')) {
      return false;
    }
    if (next() != '"') {
      throw malformed("expected a member's name");
    }
    name = string("name");
    if (next() != ':') {
      throw malformed("expected ':'");
    }
    position++;
    return true;
  }

  /** Steps to the array's next value; false at its end. */
  public boolean nextElement() {
    return another(']');
  }

  private boolean another(char closing) {
    int next = next();
    if (next == closing) {
      position++;
      depth--;
      return false;
    }
    if (started[depth]) {
      if (next != ',') {
        throw malformed("expected ',' or '" + closing + "'");
      }
      position++;
      if (next() == closing) {
        throw malformed("expected a value after ','");
      }
    }
    started[depth] = true;
    return true;
  }

  public String name() {
    return name;
  }

  /**
   * @param what named in the error when something else stands here
   */
  public String string(String what) {
    if (next() != '"') {
      throw unexpected(what, "a string");
    }
    int from = ++position;
    while (position < end && isPlain(text[position])) {
      position++;
    }
    requireText(position - from);
    if (position < end && text[position] == '"') {
      return new String(text, from, position++ - from, StandardCharsets.ISO_8859_1);
    }
    requireText(4L * (closingQuote() - from));
    position = from;
    ByteSink bytes = new ByteSink(64);
    Strings.read(this, bytes);
    return new String(bytes.array(), 0, bytes.size(), StandardCharsets.UTF_8);
  }

  /**
   * A string's UTF-8: where it stands, or where it has escapes as a copy.
   *
   * @param what named in the error when something else stands here
   */
  public ByteBuffer utf8(String what) {
    if (next() != '"') {
      throw unexpected(what, "a string");
    }
    int from = ++position;
    while (position < end && isPlain(text[position])) {
      position++;
    }
    if (position < end && text[position] == '"') {
      return ByteBuffer.wrap(text, from, position++ - from);
    }
    position = from;
    return unescaped();
  }

  private ByteBuffer unescaped() {
    int most = closingQuote() - position;
    requireMemory(most);
    ByteSink bytes = new ByteSink(most);
    Strings.read(this, bytes);
    return ByteBuffer.wrap(bytes.array(), 0, bytes.size());
  }

  /** Short texts are not worth asking for. */
  private void requireText(long bytes) {
    if (bytes > SHORT_TEXT) {
      requireMemory(bytes);
    }
  }

  /** From here on; the end where there is none. */
  private int closingQuote() {
    int at = position;
    while (at < end && text[at] != '"') {
      at += text[at] == '\\' ? 2 : 1;
    }
    return Math.min(at, end);
  }

  private static boolean isPlain(byte b) {
    return b >= ' ' && b != '"' && b != '\\';
  }

  /**
   * @param what named in the error when something else stands here
   */
  public boolean bool(String what) {
    return switch (next()) {
      case 't' -> literal("true", true);
      case 'f' -> literal("false", false);
      default -> throw unexpected(what, "true or false");
    };
  }

  private boolean literal(String word, boolean value) {
    if (!startsWith(word)) {
      throw malformed("expected '" + word + "'");
    }
    position += word.length();
    return value;
  }

  boolean startsWith(String word) {
    if (end - position < word.length()) {
      return false;
    }
    for (int i = 0; i < word.length(); i++) {
      if (text[position + i] != word.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  /** Whether {@code null} stands here, which is then read. */
  public boolean isNull() {
    return next() == 'n' && !literal("null", false);
  }

  /**
   * A number: a {@code Long} where it is whole and fits, a {@code BigInteger} where it fits an
   * unsigned one, a {@code Double} otherwise.
   */
  public Number number(String what) {
    int c = next();
    if (c != '-' && (c < '0' || c > '9') && c != 'N' && c != 'I') {
      throw unexpected(what, "a number");
    }
    return new NumberReader(this).any();
  }

  /** A whole number of 0 or more. */
  public long unsigned(String what) {
    int from = position;
    if (number(what) instanceof Long whole && whole >= 0) {
      return whole;
    }
    position = from;
    throw unexpected(what, "a whole number of 0 or more");
  }

  /** Reads over a value of whatever kind, checking its form. */
  public void skip() {
    switch (peek()) {
      case OBJECT -> {
        beginObject("value");
        while (nextMember()) {
          skip();
        }
      }
      case ARRAY -> {
        beginArray("value");
        while (nextElement()) {
          skip();
        }
      }
      case STRING -> skipText();
      case BOOLEAN -> bool("value");
      case NULL -> isNull();
      case NUMBER -> number("value");
    }
  }

  /** Most need not be kept for that. */
  private void skipText() {
    int at = position + 1;
    while (at < end && isPlain(text[at])) {
      at++;
    }
    if (at < end && text[at] == '"') {
      position = at + 1;
    } else {
      string("value");
    }
  }

  /** Requires that nothing but white space is left. */
  public void requireEnd() {
    skipSpace();
    if (position < end) {
      throw malformed("unexpected text after the value");
    }
  }

  /**
   * Requires that {@code bytes} of memory may be taken.
   *
   * @throws InferenceException (overloaded)
   */
  public void requireMemory(long bytes) {
    if (!memory.test(bytes)) {
      throw new InferenceError.Overloaded("no memory left for requests", Duration.ofSeconds(1))
          .asException();
    }
  }

  void skipSpace() {
    while (position < end && isSpace(text[position])) {
      position++;
    }
  }

  static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }

  /** The byte that stands next after white space. */
  int next() {
    skipSpace();
    if (position >= end) {
      throw malformed("unexpected end");
    }
    return text[position];
  }

  InferenceException malformed(String why) {
    return InferenceError.invalid(
        "failed to parse the request JSON buffer: %s at byte %d".formatted(why, position));
  }

  private InferenceException unexpected(String what, String expected) {
    return InferenceError.invalid(
        "unexpected JSON for '%s' at byte %d (expected: %s)".formatted(what, position, expected));
  }
}
