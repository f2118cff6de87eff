package dev.brink.oip.rules;

import dev.brink.inference.DataType;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import java.nio.ByteBuffer;

/** Makes a request's tensors, refusing in Triton's words what does not fit. */
public final class InputTensors {

  private static final int MAX_RANK = 64;

  private InputTensors() {}

  /**
   * @throws InferenceException (invalid request) where {@code name} is no datatype of the protocol
   */
  public static DataType dataType(String input, String name) {
    return DataType.of(name)
        .orElseThrow(
            () ->
                InferenceError.invalid(
                    "invalid datatype for input %s: '%s'".formatted(input, name)));
  }

  /**
   * The shape of an input: every dimension 0 or more.
   *
   * @throws InferenceException (invalid request) naming the input
   */
  public static Shape shape(String input, long... dimensions) {
    requireRank(input, dimensions.length);
    for (long dimension : dimensions) {
      if (dimension < 0) {
        throw InferenceError.invalid(
            "shape of input '%s' has the dimension %d (expected: >= 0)"
                .formatted(input, dimension));
      }
    }
    return Shape.of(dimensions);
  }

  /**
   * @throws InferenceException (invalid request) naming the input, where no model could have so
   *     many dimensions
   */
  public static void requireRank(String input, int rank) {
    if (rank > MAX_RANK) {
      throw InferenceError.invalid(
          "shape of input '%s' has more than %d dimensions".formatted(input, MAX_RANK));
    }
  }

  /**
   * Bytes that a tensor of a fixed-size type takes.
   *
   * @throws InferenceException (invalid request) where they do not fit an array
   */
  public static int byteSize(String input, DataType type, Shape shape) {
    long count = elementCount(input, shape);
    if (count > Integer.MAX_VALUE / type.byteSize()) {
      throw InferenceError.invalid("byte size overflow for input '%s'".formatted(input));
    }
    return (int) count * type.byteSize();
  }

  /** As {@link Shape#elementCount}, with the input's name in the error. */
  public static long elementCount(String input, Shape shape) {
    try {
      return shape.elementCount();
    } catch (InferenceException overflow) {
      throw InferenceError.invalid("element count overflow for input '%s'".formatted(input));
    }
  }

  /** A tensor over raw {@code data}, not copied. */
  public static Tensor raw(
      String model, String input, DataType type, Shape shape, ByteBuffer data) {
    if (type.isFixedSize()) {
      int expected = byteSize(input, type, shape);
      if (expected != data.remaining()) {
        throw InferenceError.invalid(
            "input byte size mismatch for input '%s' for model '%s'. Expected %d, got %d"
                .formatted(input, model, expected, data.remaining()));
      }
    }
    return Tensor.of(input, type, shape, data);
  }
}
