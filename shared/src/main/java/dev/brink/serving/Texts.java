package dev.brink.serving;

import dev.brink.inference.InferenceError;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * BYTES tensors to and from the binding's strings. The binding hands strings on as modified UTF-8,
 * which says everything outside the basic plane, and NUL, in a way the operators refuse together
 * with the whole run; such characters become U+FFFD here.
 */
final class Texts {

  private static final char REPLACEMENT = '\uFFFD';

  private Texts() {}

  /**
   * @throws dev.brink.inference.InferenceException (invalid request) where an element is longer
   *     than {@code maxBytes}
   */
  static void requireLengths(Tensor tensor, int maxBytes) {
    if (tensor.byteSize() <= maxBytes) {
      return;
    }
    ByteBuffer data = tensor.data();
    while (data.hasRemaining()) {
      int length = data.getInt();
      if (length > maxBytes) {
        throw InferenceError.invalid(
            "input '%s': an element of %d bytes (expected: <= %d)"
                .formatted(tensor.name(), length, maxBytes));
      }
      data.position(data.position() + length);
    }
  }

  /** Writes the elements of {@code tensor} to {@code target} from {@code offset} on. */
  static int decode(Tensor tensor, String[] target, int offset) {
    ByteBuffer data = tensor.data();
    int index = offset;
    byte[] bytes = new byte[0];
    while (data.hasRemaining()) {
      int length = data.getInt();
      if (bytes.length < length) {
        bytes = new byte[length];
      }
      data.get(bytes, 0, length);
      target[index++] = sanitized(new String(bytes, 0, length, StandardCharsets.UTF_8));
    }
    return index;
  }

  static String sanitized(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (isRefused(text.charAt(i))) {
        return replaced(text);
      }
    }
    return text;
  }

  private static String replaced(String text) {
    StringBuilder clean = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            point ->
                clean.append(
                    point > Character.MAX_VALUE || isRefused((char) point)
                        ? REPLACEMENT
                        : (char) point));
    return clean.toString();
  }

  private static boolean isRefused(char character) {
    return character == 0 || Character.isSurrogate(character);
  }

  static Tensor encode(String name, Shape shape, String[] values, int from, int to) {
    byte[][] encoded = new byte[to - from][];
    int size = 0;
    for (int i = from; i < to; i++) {
      encoded[i - from] = values[i].getBytes(StandardCharsets.UTF_8);
      size += 4 + encoded[i - from].length;
    }
    ByteBuffer raw = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    for (byte[] bytes : List.of(encoded)) {
      raw.putInt(bytes.length).put(bytes);
    }
    return Tensor.of(name, dev.brink.inference.DataType.BYTES, shape, raw.flip());
  }
}
