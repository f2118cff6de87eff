package dev.brink.oip.rules;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.oip.rules.LogSwitch.Threshold;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
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
    Threshold most = Threshold.TRACE;
    Threshold least = Threshold.ERROR;
    for (Map.Entry<String, Object> change : changes.entrySet()) {
      String name = canonical(change.getKey());
      Object value = checked(change.getKey(), change.getValue());
      most = Collections.min(List.of(most, most(name, value)));
      least = Collections.max(List.of(least, least(name, value)));
    }
    Threshold lowered = Collections.min(List.of(log.threshold(), most));
    log.threshold(Collections.max(List.of(lowered, least)));
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

  /** What a setting that is switched off leaves of the log. */
  private static Threshold most(String name, Object value) {
    return switch (name) {
      case "log_warning" -> value.equals(false) ? Threshold.ERROR : Threshold.TRACE;
      case "log_info" -> value.equals(false) ? Threshold.WARNING : Threshold.TRACE;
      case "log_verbose_level" -> value.equals(0L) ? Threshold.INFO : Threshold.TRACE;
      default -> Threshold.TRACE;
    };
  }

  /** What must be logged for a setting that is switched on, whatever others are off. */
  private static Threshold least(String name, Object value) {
    return switch (name) {
      case "log_warning" -> value.equals(true) ? Threshold.WARNING : Threshold.ERROR;
      case "log_info" -> value.equals(true) ? Threshold.INFO : Threshold.ERROR;
      case "log_verbose_level" -> verbose((long) value);
      default -> Threshold.ERROR;
    };
  }

  private static Threshold verbose(long level) {
    if (level == 0) {
      return Threshold.ERROR;
    }
    return level == 1 ? Threshold.DEBUG : Threshold.TRACE;
  }

  private static InferenceException unsupported(String why) {
    return new InferenceError.Unsupported(why).asException();
  }
}
