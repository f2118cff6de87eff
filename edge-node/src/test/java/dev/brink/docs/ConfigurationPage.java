package dev.brink.docs;

import dev.brink.config.DataSize;
import dev.brink.config.Default;
import dev.brink.config.NodeSchema;
import dev.brink.config.Range;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of docs/configuration.md, made from the records and what their Javadoc says. */
final class ConfigurationPage {

  private record Key(String fallback, String meaning, String roles) {}

  private final Map<String, Map<String, Key>> sections = new TreeMap<>();

  static String of(Iterable<NodeSchema> schemas) {
    ConfigurationPage page = new ConfigurationPage();
    for (NodeSchema schema : schemas) {
      page.addRecord("", schema.type(), schema.role());
    }
    return page.render();
  }

  private void addRecord(String path, Class<?> type, String role) {
    String source = source(type);
    for (RecordComponent component : type.getRecordComponents()) {
      String key = path.isEmpty() ? kebab(component) : path + "." + kebab(component);
      addComponent(key, component, component.getGenericType(), source, role);
    }
  }

  private void addComponent(
      String key, RecordComponent component, Type type, String source, String role) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      Class<?> raw = (Class<?>) generic.getRawType();
      if (raw == Map.class && isSection(arguments[1])) {
        addRecord(key + ".<name>", (Class<?>) arguments[1], role);
        return;
      }
      if (raw == Optional.class && isSection(arguments[0])) {
        addRecord(key, (Class<?>) arguments[0], role);
        return;
      }
      if (raw == List.class && isRecord(arguments[0])) {
        addRecord(key + "[]", (Class<?>) arguments[0], role);
      }
    } else if (isSection(type)) {
      addRecord(key, (Class<?>) type, role);
      return;
    }
    add(key, fallback(component), meaning(component, source), role);
  }

  private void add(String key, String fallback, String meaning, String role) {
    String section = key.contains(".") ? key.substring(0, key.indexOf('.')) : key;
    Map<String, Key> keys = sections.computeIfAbsent(section, name -> new TreeMap<>());
    keys.merge(
        key,
        new Key(fallback, meaning, role),
        (one, other) -> new Key(fallback, meaning, one.roles() + ", " + other.roles()));
  }

  private static boolean isRecord(Type type) {
    return type instanceof Class<?> raw && raw.isRecord();
  }

  private static boolean isSection(Type type) {
    return isRecord(type) && !hasParse((Class<?>) type);
  }

  private static boolean hasParse(Class<?> type) {
    try {
      type.getMethod("parse", String.class);
      return true;
    } catch (NoSuchMethodException section) {
      return false;
    }
  }

  private static String fallback(RecordComponent component) {
    Default given = component.getAnnotation(Default.class);
    if (given == null) {
      return component.getType() == Optional.class ? "none" : "required";
    }
    return given.value().isEmpty() ? "none" : "`" + given.value() + "`";
  }

  private static String meaning(RecordComponent component, String source) {
    Pattern tag =
        Pattern.compile(
            "@param " + component.getName() + "\\s(.*?)(?=@param|\\*/)", Pattern.DOTALL);
    Matcher matcher = tag.matcher(source);
    String text = matcher.find() ? matcher.group(1) : "";
    String plain =
        text.replaceAll("\\n\\s*\\*", " ")
            .replaceAll("\\{@(?:code|link) ([^}]*)}", "`$1`")
            .replaceAll("\\s+", " ")
            .replace("|", "\\|")
            .strip();
    return plain + range(component.getAnnotation(Range.class), component.getType());
  }

  private static String range(Range range, Class<?> type) {
    if (range == null || range.max() == Double.POSITIVE_INFINITY) {
      return range == null || range.min() == Double.NEGATIVE_INFINITY
          ? ""
          : " (≥ " + bound(range.min(), type) + ")";
    }
    return " (" + bound(range.min(), type) + " to " + bound(range.max(), type) + ")";
  }

  private static String bound(double value, Class<?> type) {
    String number =
        value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    if (type == Duration.class) {
      return number + "ms";
    }
    return type == DataSize.class ? new DataSize((long) value).toString() : number;
  }

  private static String kebab(RecordComponent component) {
    return component.getName().replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }

  private static String source(Class<?> type) {
    String file = type.getName().replaceAll("\\$.*", "").replace('.', '/') + ".java";
    for (String module : List.of("shared", "edge-node", "cloud-node")) {
      Path path = Path.of("..", module, "src/main/java", file);
      if (Files.exists(path)) {
        try {
          return Files.readString(path);
        } catch (IOException unreadable) {
          throw new UncheckedIOException(unreadable);
        }
      }
    }
    throw new AssertionError("no source of " + type);
  }

  private String render() {
    StringBuilder page = new StringBuilder();
    sections.forEach(
        (section, keys) -> {
          page.append("\n### ").append(section).append("\n\n");
          page.append("| key | default | role | meaning |\n|---|---|---|---|\n");
          keys.forEach(
              (name, key) ->
                  page.append(
                      "| `%s` | %s | %s | %s |\n"
                          .formatted(name, key.fallback(), key.roles(), key.meaning())));
        });
    return page.toString();
  }
}
