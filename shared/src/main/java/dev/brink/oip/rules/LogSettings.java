package dev.brink.oip.rules;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.oip.rules.LogSwitch.Threshold;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The logging extension: Triton's settings over one threshold. Format and place of the log belong
 * to the node's configuration.
 */
public final class LogSettings {

  private static final String FORMAT = "ISO8601";

  /** Whatever the server does by itself, which here is {@link #FORMAT}. */
  private static final String DEFAULT_FORMAT = "default";

  private final LogSwitch log;
  private final boolean changeable;

  public LogSettings(LogSwitch log, OipSettings settings) {
    this.log = log;
    this.changeable = settings.modelControl();
  }

  /** What is in force: booleans, numbers and texts by Triton's names. */
  public Map<String, Object> current() {
    Threshold threshold = log.threshold();
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("log_file", "");
    settings.put("log_info", threshold.compareTo(Threshold.INFO) >= 0);
    settings.put("log_warning", threshold.compareTo(Threshold.WARNING) >= 0);
    settings.put("log_error", true);
    settings.put(
        "log_verbose_level", (long) Math.max(0, threshold.ordinal() - Threshold.INFO.ordinal()));
    settings.put("log_format", FORMAT);
    return settings;
  }

  /**
   * Puts {@code changes} in force, all or none.
   *
   * @throws InferenceException (invalid request, unsupported) naming the setting
   */
  public void change(Map<String, Object> changes) {
    if (changes.isEmpty()) {
      return;
    }
    if (!changeable) {
      throw unsupported("settings are changed in the node's configuration, not by clients");
    }
    Map<String, Object> wanted = current();
    changes.forEach((name, value) -> wanted.put(canonical(name), checked(name, value)));
    log.threshold(threshold(wanted));
  }

  /** Triton's own documentation and code do not agree on these two. */
  private static String canonical(String name) {
    return switch (name) {
      case "log_warnings" -> "log_warning";
      case "log_errors" -> "log_error";
      default -> name;
    };
  }

  private static Object checked(String name, Object value) {
    boolean fits =
        switch (canonical(name)) {
          case "log_info", "log_warning" -> value instanceof Boolean;
          case "log_error" -> Boolean.TRUE.equals(value);
          case "log_verbose_level" -> value instanceof Long level && level >= 0;
          case "log_format" -> value.equals(FORMAT) || value.equals(DEFAULT_FORMAT);
          case "log_file" ->
              throw unsupported("log file location can not be updated through network protocol");
          default -> throw InferenceError.invalid("unknown log setting '%s'".formatted(name));
        };
    if (!fits) {
      throw InferenceError.invalid(
          "log setting '%s': %s (expected: %s)".formatted(name, value, expected(canonical(name))));
    }
    return value;
  }

  private static String expected(String name) {
    return switch (name) {
      case "log_error" -> "true, errors are always logged";
      case "log_verbose_level" -> "a number >= 0";
      case "log_format" -> FORMAT;
      default -> "true or false";
    };
  }

  private static Threshold threshold(Map<String, Object> wanted) {
    long verbose = (long) wanted.get("log_verbose_level");
    if (verbose > 0) {
      return verbose == 1 ? Threshold.DEBUG : Threshold.TRACE;
    }
    if (Boolean.TRUE.equals(wanted.get("log_info"))) {
      return Threshold.INFO;
    }
    return Boolean.TRUE.equals(wanted.get("log_warning")) ? Threshold.WARNING : Threshold.ERROR;
  }

  private static InferenceException unsupported(String why) {
    return new InferenceError.Unsupported(why).asException();
  }
}
