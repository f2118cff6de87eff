package dev.brink.oip.rules;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The trace extension of a node that hands trace contexts on and records nothing itself: clients
 * may ask for what is so anyway, and clear what they have set.
 */
public final class TraceSettings {

  private static final Map<String, List<String>> CURRENT = inForce();

  private TraceSettings() {}

  private static Map<String, List<String>> inForce() {
    Map<String, List<String>> settings = new LinkedHashMap<>();
    settings.put("trace_level", List.of("OFF"));
    settings.put("trace_rate", List.of("1000"));
    settings.put("trace_count", List.of("-1"));
    settings.put("log_frequency", List.of("0"));
    settings.put("trace_file", List.of(""));
    settings.put("trace_mode", List.of("triton"));
    return settings;
  }

  /** Every setting and its values, in Triton's order. */
  public static Map<String, List<String>> current() {
    return CURRENT;
  }

  /**
   * @param changes values by setting; an empty one clears it
   * @throws InferenceException (invalid request, unsupported) naming the setting
   */
  public static void check(Map<String, Optional<List<String>>> changes) {
    changes.forEach((name, values) -> values.ifPresent(wanted -> check(name, wanted)));
    changes.keySet().forEach(TraceSettings::known);
  }

  private static void check(String name, List<String> wanted) {
    if (name.equals("trace_level") && !wanted.equals(known(name))) {
      throw new InferenceError.Unsupported(
              "this node records no traces (expected: trace_level OFF); it hands traceparent on")
          .asException();
    }
  }

  private static List<String> known(String name) {
    List<String> values = CURRENT.get(name);
    if (values == null) {
      throw InferenceError.invalid("unknown trace setting '%s'".formatted(name));
    }
    return values;
  }
}
