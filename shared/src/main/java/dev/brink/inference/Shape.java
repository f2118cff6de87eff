package dev.brink.inference;

import java.util.Arrays;

/**
 * Dimensions of a tensor, outermost first. In a specification {@code -1} stands for any size; a
 * tensor's own shape has only sizes of 0 and more. The empty shape is a scalar.
 */
public final class Shape {

  public static final long ANY = -1;
  private static final Shape SCALAR = new Shape(new long[0]);

  private final long[] dimensions;

  private Shape(long[] dimensions) {
    this.dimensions = dimensions;
  }

  /**
   * @throws InferenceException (invalid request) where a dimension is below -1
   */
  public static Shape of(long... dimensions) {
    if (dimensions.length == 0) {
      return SCALAR;
    }
    for (long dimension : dimensions) {
      if (dimension < ANY) {
        throw InferenceError.invalid(
            "shape: " + Arrays.toString(dimensions) + " (expected: dimensions >= 0)");
      }
    }
    return new Shape(dimensions.clone());
  }

  public int rank() {
    return dimensions.length;
  }

  public long dimension(int index) {
    return dimensions[index];
  }

  public long[] toArray() {
    return dimensions.clone();
  }

  public boolean isFixed() {
    for (long dimension : dimensions) {
      if (dimension == ANY) {
        return false;
      }
    }
    return true;
  }

  /**
   * Product of the dimensions; 1 for a scalar.
   *
   * @throws InferenceException (invalid request) where the product does not fit a long
   */
  public long elementCount() {
    long count = 1;
    boolean zero = false;
    for (long dimension : dimensions) {
      zero |= dimension == 0;
    }
    if (zero) {
      return 0;
    }
    for (long dimension : dimensions) {
      try {
        count = Math.multiplyExact(count, dimension);
      } catch (ArithmeticException overflow) {
        throw InferenceError.invalid("element count overflow for shape " + this);
      }
    }
    return count;
  }

  /** Whether a tensor of shape {@code actual} fits this specification. */
  public boolean accepts(Shape actual) {
    if (actual.rank() != rank()) {
      return false;
    }
    for (int i = 0; i < dimensions.length; i++) {
      if (dimensions[i] != ANY && dimensions[i] != actual.dimensions[i]) {
        return false;
      }
    }
    return true;
  }

  /** This shape with another outermost dimension. */
  public Shape withFirst(long first) {
    long[] changed = dimensions.clone();
    changed[0] = first;
    return new Shape(changed);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(dimensions, shape.dimensions);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dimensions);
  }

  /** In the protocol's notation: {@code [1,16]}. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < dimensions.length; i++) {
      text.append(i == 0 ? "" : ",").append(dimensions[i]);
    }
    return text.append(']').toString();
  }
}
