package dev.brink.serving;

import dev.brink.inference.Parameters;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Which request parameters say how a request is handled, and which are for its model. */
final class Scheduling {

  private static final Set<String> OURS =
      Set.of(
          "priority",
          "timeout",
          "binary_data_output",
          "sequence_id",
          "sequence_start",
          "sequence_end",
          "headers");

  private Scheduling() {}

  /** What is left of {@code parameters} for the model to see. */
  static Map<String, Object> modelParameters(Parameters parameters) {
    if (parameters.isEmpty()) {
      return Map.of();
    }
    Map<String, Object> left = new HashMap<>(parameters.asMap());
    left.keySet().removeIf(name -> OURS.contains(name) || name.startsWith("brink_"));
    return left;
  }
}
