package dev.brink.model;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The shape of a made-up input, written {@code 1,512}.
 *
 * @param dimensions each 1 or more; none where the input's own shape is meant
 */
public record SampleShape(List<Integer> dimensions) {

  private static final int MAX_RANK = 32;

  public SampleShape {
    dimensions = List.copyOf(dimensions);
  }

  /**
   * @throws IllegalArgumentException where {@code text} is no shape
   */
  public static SampleShape parse(String text) {
    if (text.isBlank()) {
      return new SampleShape(List.of());
    }
    try {
      List<Integer> dimensions =
          Arrays.stream(text.split(",", -1)).map(String::strip).map(Integer::valueOf).toList();
      if (dimensions.size() <= MAX_RANK && dimensions.stream().allMatch(size -> size > 0)) {
        return new SampleShape(dimensions);
      }
    } catch (NumberFormatException notANumber) {
      // Refused below, like numbers that no dimension can have.
    }
    throw new IllegalArgumentException(
        text + " (expected: whole numbers from 1 on, such as 1,512, at most " + MAX_RANK + ")");
  }

  @Override
  public String toString() {
    return dimensions.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
