package dev.brink.config;

import java.time.Duration;
import java.util.Optional;

/** What {@link Range} means for each type that can have one. */
final class Limits {

  private Limits() {}

  /** The number that is limited; empty for a value that has none, such as {@code auto}. */
  static Optional<Double> measure(Object value) {
    return switch (value) {
      case null -> Optional.empty();
      case Number number -> Optional.of(number.doubleValue());
      case Duration duration -> Optional.of(duration.toNanos() / 1e6);
      case DataSize size -> Optional.of((double) size.bytes());
      case AutoInt auto when !auto.isAuto() -> Optional.of((double) auto.value().get());
      case Optional<?> optional -> measure(optional.orElse(null));
      default -> Optional.empty();
    };
  }

  static boolean contains(Range range, double measure) {
    return measure >= range.min() && measure <= range.max();
  }

  static String message(Range range, Object value) {
    Object plain = value instanceof Optional<?> optional ? optional.orElseThrow() : value;
    return EffectiveConfig.format(plain) + " (expected: " + expected(range, plain) + ")";
  }

  private static String expected(Range range, Object value) {
    if (range.max() == Double.POSITIVE_INFINITY) {
      return ">= " + bound(range.min(), value);
    }
    return range.min() == Double.NEGATIVE_INFINITY
        ? "<= " + bound(range.max(), value)
        : bound(range.min(), value) + " to " + bound(range.max(), value);
  }

  private static String bound(double bound, Object value) {
    return switch (value) {
      case Duration duration -> Durations.format(Duration.ofNanos((long) (bound * 1e6)));
      case DataSize size -> new DataSize((long) bound).toString();
      case Double number -> Double.toString(bound);
      default -> Long.toString((long) bound);
    };
  }
}
