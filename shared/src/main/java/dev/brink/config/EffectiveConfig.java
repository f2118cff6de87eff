package dev.brink.config;

import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is in force, as key paths and values in the order of the records; secrets as stars. */
public final class EffectiveConfig {

  private EffectiveConfig() {}

  /** {@code http.port} to {@code 8000}, and so on; a list is written with commas. */
  public static Map<String, String> of(Record config) {
    Map<String, String> lines = new LinkedHashMap<>();
    add("", config, lines);
    return lines;
  }

  private static void add(String path, Object value, Map<String, String> lines) {
    switch (value) {
      case Optional<?> optional when optional.isPresent() -> add(path, optional.get(), lines);
      case Map<?, ?> map -> map.forEach((key, entry) -> add(path + "." + key, entry, lines));
      case Record section when !ScalarTypes.isScalar(section.getClass()) ->
          addComponents(path, section, lines);
      default -> lines.put(path, format(value));
    }
  }

  private static void addComponents(String path, Record section, Map<String, String> lines) {
    for (RecordComponent component : section.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        Object value = component.getAccessor().invoke(section);
        add(Keys.join(path, Keys.kebab(component.getName())), value, lines);
      } catch (ReflectiveOperationException impossible) {
        throw new IllegalStateException("accessor of " + component, impossible);
      }
    }
  }

  static String format(Object value) {
    return switch (value) {
      case Duration duration -> Durations.format(duration);
      case Enum<?> constant -> Keys.word(constant);
      case Optional<?> optional -> optional.map(EffectiveConfig::format).orElse("");
      case Collection<?> items ->
          items.stream().map(EffectiveConfig::format).collect(Collectors.joining(","));
      default -> value.toString();
    };
  }
}
