package dev.brink.telemetry;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** Counters that somebody else counts, and whose lines come and go; as Micrometer's MultiGauge. */
final class MultiCounter {

  private final MeterRegistry registry;
  private final String name;
  private final String description;
  private final Map<Map<String, String>, Line> lines = new HashMap<>();

  /** Holds the value: the registry itself holds it weakly. */
  private record Line(AtomicLong bits, FunctionCounter counter) {}

  MultiCounter(MeterRegistry registry, String name, String description) {
    this.registry = registry;
    this.name = name;
    this.description = description;
  }

  /** Replaces the lines by {@code now}. */
  synchronized void set(List<LabelledValue> now) {
    Map<Map<String, String>, Line> gone = new HashMap<>(lines);
    for (LabelledValue value : now) {
      gone.remove(value.labels());
      lines
          .computeIfAbsent(value.labels(), this::line)
          .bits()
          .set(Double.doubleToLongBits(value.value()));
    }
    gone.values().forEach(line -> registry.remove(line.counter()));
    lines.keySet().removeAll(gone.keySet());
  }

  private Line line(Map<String, String> labels) {
    AtomicLong bits = new AtomicLong();
    List<Tag> tags =
        labels.entrySet().stream().map(label -> Tag.of(label.getKey(), label.getValue())).toList();
    FunctionCounter counter =
        FunctionCounter.builder(name, bits, held -> Double.longBitsToDouble(held.get()))
            .description(description)
            .tags(tags)
            .register(registry);
    return new Line(bits, counter);
  }
}
