package dev.brink.config;

import java.util.Optional;
import java.util.function.IntSupplier;

/** A whole number, or {@code auto} for one that the node finds itself. */
public record AutoInt(Optional<Integer> value) {

  public static final AutoInt AUTO = new AutoInt(Optional.empty());

  public static AutoInt of(int value) {
    return new AutoInt(Optional.of(value));
  }

  /**
   * @throws IllegalArgumentException where {@code text} is neither
   */
  public static AutoInt parse(String text) {
    try {
      return text.equals("auto") ? AUTO : of(Integer.parseInt(text));
    } catch (NumberFormatException neither) {
      throw new IllegalArgumentException(text + " (expected: auto or a whole number)", neither);
    }
  }

  public boolean isAuto() {
    return value.isEmpty();
  }

  public int orElse(IntSupplier found) {
    return value.orElseGet(found::getAsInt);
  }

  @Override
  public String toString() {
    return isAuto() ? "auto" : Integer.toString(value.get());
  }
}
