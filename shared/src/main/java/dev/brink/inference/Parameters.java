package dev.brink.inference;

import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The protocol's flat parameters: names to a {@code String}, {@code Long}, {@code Double}, {@code
 * Boolean} or, for whole numbers from 2^63 to 2^64 - 1, {@code BigInteger}. Typed access names the
 * parameter where the kind of value is another than expected.
 */
public final class Parameters {

  private static final Parameters NONE = new Parameters(Map.of());

  private final Map<String, Object> values;

  private Parameters(Map<String, Object> values) {
    this.values = values;
  }

  public static Parameters none() {
    return NONE;
  }

  /**
   * @throws InferenceException (invalid request) where a value is of no allowed kind
   */
  public static Parameters of(Map<String, ?> values) {
    if (values.isEmpty()) {
      return NONE;
    }
    Map<String, Object> copy = new LinkedHashMap<>();
    values.forEach((name, value) -> copy.put(name, normalized(name, value)));
    return new Parameters(Collections.unmodifiableMap(copy));
  }

  private static Object normalized(String name, Object value) {
    return switch (value) {
      case String text -> text;
      case Boolean flag -> flag;
      case Long number -> number;
      case BigInteger number when isUnsigned(number) -> small(number);
      case Integer number -> number.longValue();
      case Double number -> number;
      case Float number -> number.doubleValue();
      case null, default ->
          throw InferenceError.invalid(
              "parameter '" + name + "' has invalid type (expected: string, number or boolean)");
    };
  }

  private static boolean isUnsigned(BigInteger number) {
    return number.signum() >= 0 && number.bitLength() <= Long.SIZE;
  }

  private static Number small(BigInteger number) {
    return number.bitLength() < Long.SIZE ? (Number) number.longValue() : number;
  }

  public Map<String, Object> asMap() {
    return values;
  }

  public boolean isEmpty() {
    return values.isEmpty();
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  public Optional<String> string(String name) {
    return typed(name, String.class, "string");
  }

  public Optional<Boolean> bool(String name) {
    return typed(name, Boolean.class, "bool");
  }

  /** A whole number; 0 and more. One above {@link Long#MAX_VALUE} counts as that. */
  public Optional<Long> unsigned(String name) {
    if (values.get(name) instanceof BigInteger) {
      return Optional.of(Long.MAX_VALUE);
    }
    Optional<Long> value = typed(name, Long.class, "uint64");
    if (value.isPresent() && value.get() < 0) {
      throw InferenceError.invalid(
          "invalid value for '%s' parameter: %d (expected: >= 0)".formatted(name, value.get()));
    }
    return value;
  }

  /** A number, whole or not. */
  public Optional<Double> number(String name) {
    Object value = values.get(name);
    if (value instanceof Long || value instanceof BigInteger) {
      return Optional.of(((Number) value).doubleValue());
    }
    return typed(name, Double.class, "number");
  }

  public Parameters with(String name, Object value) {
    Map<String, Object> changed = new LinkedHashMap<>(values);
    changed.put(name, value);
    return of(changed);
  }

  public Parameters without(String name) {
    if (!has(name)) {
      return this;
    }
    Map<String, Object> changed = new LinkedHashMap<>(values);
    changed.remove(name);
    return changed.isEmpty() ? NONE : new Parameters(Collections.unmodifiableMap(changed));
  }

  private <T> Optional<T> typed(String name, Class<T> type, String expected) {
    Object value = values.get(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!type.isInstance(value)) {
      throw InferenceError.invalid(
          "invalid value type for '%s' parameter, expected %s".formatted(name, expected));
    }
    return Optional.of(type.cast(value));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Parameters parameters && values.equals(parameters.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
