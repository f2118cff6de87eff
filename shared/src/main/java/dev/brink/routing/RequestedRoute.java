package dev.brink.routing;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.Parameters;

/** The caller's wish, from the parameter {@code brink_route}. */
public enum RequestedRoute {
  AUTO,
  /** The edge's answer, whatever it is worth. */
  EDGE,
  /** The cloud's answer; the edge's, degraded, only when there is none. */
  CLOUD,
  /** As {@link #EDGE}, and nothing of the request leaves the site, not even to learn from. */
  LOCAL_ONLY;

  public static final String PARAMETER = "brink_route";

  /**
   * @throws InferenceException (invalid request) where the parameter has another value
   */
  public static RequestedRoute of(Parameters parameters) {
    if (!parameters.has(PARAMETER)) {
      return AUTO;
    }
    String value = parameters.string(PARAMETER).orElse("");
    return switch (value) {
      case "auto" -> AUTO;
      case "edge" -> EDGE;
      case "cloud" -> CLOUD;
      case "local-only" -> LOCAL_ONLY;
      default ->
          throw InferenceError.invalid(
              PARAMETER + ": " + value + " (expected: auto, edge, cloud or local-only)");
    };
  }
}
