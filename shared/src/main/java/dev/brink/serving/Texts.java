package dev.brink.serving;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtUtil;
import dev.brink.inference.InferenceError;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * BYTES tensors to and from ONNX Runtime's strings. The Java binding hands strings on as modified
 * UTF-8, which says everything outside the basic plane, and NUL, in a way the operators refuse
 * together with the whole run. Elements that hold such characters, or are no text at all, go by
 * {@link OrtStrings}; where it cannot be had, they have U+FFFD in their place.
 */
final class Texts {

  private static final char REPLACEMENT = '\uFFFD';
  private static final byte[] NONE = {};

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

  /** A tensor of {@code shape} from the elements of {@code parts}, one behind the other. */
  static OnnxTensor toOrt(List<Tensor> parts, Shape shape) throws OrtException {
    String[] values = new String[Math.toIntExact(shape.elementCount())];
    Map<Integer, byte[]> others = new LinkedHashMap<>();
    int next = 0;
    for (Tensor part : parts) {
      next = decode(part, values, next, others);
    }
    OnnxTensor tensor = OnnxTensor.createTensor(OrtModel.ENVIRONMENT, values, shape.toArray());
    try {
      for (Map.Entry<Integer, byte[]> other : others.entrySet()) {
        OrtStrings.instance().orElseThrow().set(tensor, other.getKey(), other.getValue());
      }
      return tensor;
    } catch (OrtException | RuntimeException failure) {
      tensor.close();
      throw failure;
    }
  }

  /** Writes texts to {@code target} from {@code offset} on, and to {@code others} what is none. */
  private static int decode(
      Tensor tensor, String[] target, int offset, Map<Integer, byte[]> others) {
    boolean exact = OrtStrings.instance().isPresent();
    ByteBuffer data = tensor.data();
    int index = offset;
    while (data.hasRemaining()) {
      byte[] bytes = new byte[data.getInt()];
      data.get(bytes);
      String text = new String(bytes, StandardCharsets.UTF_8);
      if (!exact) {
        text = sanitized(text);
      } else if (!passes(text, bytes)) {
        others.put(index, bytes);
        text = "";
      }
      target[index++] = text;
    }
    return index;
  }

  /** Whether the binding hands {@code text} on as just these bytes. */
  private static boolean passes(String text, byte[] bytes) {
    boolean mayBeReplaced = false;
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (isRefused(character)) {
        return false;
      }
      mayBeReplaced |= character == REPLACEMENT;
    }
    return !mayBeReplaced || Arrays.equals(text.getBytes(StandardCharsets.UTF_8), bytes);
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

  /** The elements of a string tensor that has {@code count} of them. */
  static byte[][] ofOrt(OnnxTensor tensor, int count) throws OrtException {
    if (count == 0) {
      return new byte[0][];
    }
    return OrtStrings.instance().isPresent()
        ? OrtStrings.instance().get().get(tensor, count)
        : ofBinding(tensor.getValue());
  }

  private static byte[][] ofBinding(Object value) {
    String[] texts =
        value instanceof String single ? new String[] {single} : OrtUtil.flattenString(value);
    byte[][] elements = new byte[texts.length][];
    Arrays.setAll(
        elements, i -> texts[i] == null ? NONE : texts[i].getBytes(StandardCharsets.UTF_8));
    return elements;
  }

  static Tensor encode(String name, Shape shape, byte[][] elements, int from, int to) {
    return Tensor.ofBytes(name, shape, List.of(elements).subList(from, to));
  }
}
