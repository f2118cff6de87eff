package dev.brink.oip.rules;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.Parameters;
import java.util.Set;
import java.util.TreeSet;

/** Which parameters a request may carry, and of what kind the known ones are. */
public final class ParameterRules {

  /** The one key of Triton's reserved family that a client may set. */
  public static final String EMPTY_FINAL_RESPONSE = "triton_enable_empty_final_response";

  private static final String ROUTE = "brink_route";
  private static final String MIN_CONFIDENCE = "brink_min_confidence";
  private static final String EXPLAIN = "brink_explain";
  private static final String ASYNC = "brink_async";
  private static final String CALLBACK = "brink_callback";
  private static final String JOB_MAX_AGE = "brink_job_max_age";
  private static final Set<String> OURS =
      Set.of(ROUTE, MIN_CONFIDENCE, EXPLAIN, ASYNC, CALLBACK, JOB_MAX_AGE);
  private static final Set<String> ROUTES = Set.of("auto", "edge", "cloud", "local-only");

  private ParameterRules() {}

  /**
   * @throws InferenceException (invalid request) naming the parameter
   */
  public static void check(Parameters parameters) {
    if (parameters.isEmpty()) {
      return;
    }
    parameters.asMap().keySet().forEach(ParameterRules::checkName);
    checkSequence(parameters);
    parameters.unsigned("priority");
    parameters.unsigned("timeout");
    parameters.bool("reconcile");
    checkOurs(parameters);
  }

  private static void checkName(String name) {
    if (name.startsWith("triton_") && !name.equals(EMPTY_FINAL_RESPONSE)) {
      throw InferenceError.invalid(
          "parameter keys starting with 'triton_' are reserved for Triton usage and should not be"
              + " specified. Received '"
              + name
              + "'");
    }
    if (name.startsWith("brink_") && !OURS.contains(name)) {
      throw InferenceError.invalid(
          "unknown parameter '%s' (expected of those starting with brink_: %s)"
              .formatted(name, String.join(", ", new TreeSet<>(OURS))));
    }
  }

  private static void checkSequence(Parameters parameters) {
    if (!(parameters.asMap().get("sequence_id") instanceof String)) {
      parameters.unsigned("sequence_id");
    }
    parameters.bool("sequence_start");
    parameters.bool("sequence_end");
  }

  private static void checkOurs(Parameters parameters) {
    parameters.bool(EXPLAIN);
    parameters.bool(ASYNC);
    parameters.string(CALLBACK);
    parameters.unsigned(JOB_MAX_AGE);
    parameters.number(MIN_CONFIDENCE).ifPresent(ParameterRules::checkConfidence);
    parameters.string(ROUTE).ifPresent(ParameterRules::checkRoute);
  }

  private static void checkConfidence(double confidence) {
    if (!(confidence >= 0 && confidence <= 1)) {
      throw InferenceError.invalid(MIN_CONFIDENCE + ": " + confidence + " (expected: 0 to 1)");
    }
  }

  private static void checkRoute(String route) {
    if (!ROUTES.contains(route)) {
      throw InferenceError.invalid(
          ROUTE + ": " + route + " (expected: auto, edge, cloud or local-only)");
    }
  }
}
