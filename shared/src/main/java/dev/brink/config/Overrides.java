package dev.brink.config;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Values from outside the file, strongest first: {@code --set key=value}, then the environment. A
 * relative path in them is meant from the working directory.
 */
final class Overrides {

  private static final Path WORKING_DIRECTORY = Path.of("").toAbsolutePath();

  private final Map<String, String> environment;
  private final Map<String, String> settings = new LinkedHashMap<>();
  private final Set<String> used = new TreeSet<>();

  Overrides(Map<String, String> environment, List<String> settings, List<Problem> problems) {
    this.environment = environment;
    for (String setting : settings) {
      int equals = setting.indexOf('=');
      if (equals < 1) {
        problems.add(new Problem("", "--set " + setting + " (expected: --set key=value)", 0));
      } else {
        this.settings.put(setting.substring(0, equals).strip(), setting.substring(equals + 1));
      }
    }
  }

  /** The value for {@code path}, or what the file says where nothing overrides it. */
  Value of(String path, Value fromFile, List<Problem> problems) {
    String text = settings.get(path);
    if (text == null) {
      text = environment.get(Keys.environment(path));
    } else {
      used.add(path);
    }
    return text == null ? fromFile : textual(text, problems);
  }

  /** {@code [..]} and {@code {..}} are read as YAML, all else is taken as it is. */
  static Value textual(String text, List<Problem> problems) {
    if (!text.startsWith("[") && !text.startsWith("{")) {
      return new Value.Scalar(text, WORKING_DIRECTORY, 0);
    }
    try {
      return YamlReader.read(text, WORKING_DIRECTORY, problems);
    } catch (ConfigException malformed) {
      problems.addAll(malformed.problems());
      return new Value.Absent(0);
    }
  }

  /** Keys of a map at {@code path} that are set from outside. */
  Set<String> keysBelow(String path) {
    Set<String> keys = new TreeSet<>();
    for (String setting : settings.keySet()) {
      if (setting.startsWith(path + ".")) {
        keys.add(setting.substring(path.length() + 1).split("\\.", 2)[0]);
      }
    }
    return keys;
  }

  /** Those that name no key, with the key that may have been meant. */
  void reportUnused(Set<String> known, List<Problem> problems) {
    for (String setting : settings.keySet()) {
      if (!used.contains(setting)) {
        problems.add(new Problem(setting, unusable(setting, known), 0));
      }
    }
  }

  private static String unusable(String setting, Set<String> known) {
    return known.stream().anyMatch(key -> key.startsWith(setting + "."))
        ? "is a section (expected: one of its keys)"
        : "unknown key" + Keys.didYouMean(setting, known);
  }
}
