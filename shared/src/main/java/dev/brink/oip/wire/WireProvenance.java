package dev.brink.oip.wire;

import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.Reason;
import dev.brink.inference.Route;
import dev.brink.inference.Timings;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Provenance as response parameters: {@code brink_route, brink_reason, brink_degraded,
 * brink_confidence, brink_threshold, brink_node, brink_job, brink_explanation}, and between nodes
 * the timings as {@code brink_queue_ns, brink_edge_ns, brink_uplink_ns, brink_cloud_ns}.
 */
public final class WireProvenance {

  private static final String ROUTE = "brink_route";
  private static final String REASON = "brink_reason";
  private static final String DEGRADED = "brink_degraded";
  private static final String CONFIDENCE = "brink_confidence";
  private static final String THRESHOLD = "brink_threshold";
  private static final String NODE = "brink_node";
  private static final String JOB = "brink_job";
  private static final String EXPLANATION = "brink_explanation";
  private static final String QUEUE = "brink_queue_ns";
  private static final String EDGE = "brink_edge_ns";
  private static final String UPLINK = "brink_uplink_ns";
  private static final String CLOUD = "brink_cloud_ns";
  private static final Set<String> NAMES =
      Set.of(
          ROUTE,
          REASON,
          DEGRADED,
          CONFIDENCE,
          THRESHOLD,
          NODE,
          JOB,
          EXPLANATION,
          QUEUE,
          EDGE,
          UPLINK,
          CLOUD);

  private static final Map<String, Route> ROUTES =
      Arrays.stream(Route.values()).collect(Collectors.toMap(Route::wireName, route -> route));
  private static final Map<String, Reason> REASONS =
      Arrays.stream(Reason.values()).collect(Collectors.toMap(Reason::wireName, reason -> reason));

  private WireProvenance() {}

  /** What a caller is told; what is not known is left out. Timings are not among it. */
  public static Map<String, Object> toParameters(Provenance provenance) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put(ROUTE, provenance.route().wireName());
    parameters.put(REASON, provenance.reason().wireName());
    parameters.put(DEGRADED, provenance.degraded());
    putNumber(parameters, CONFIDENCE, provenance.confidence());
    putNumber(parameters, THRESHOLD, provenance.threshold());
    putText(parameters, NODE, provenance.node());
    putText(parameters, JOB, provenance.jobId());
    putText(parameters, EXPLANATION, provenance.explanation());
    return parameters;
  }

  /** Where the time went; a part that took none is left out. */
  static Map<String, Object> toParameters(Timings timings) {
    Map<String, Object> parameters = new LinkedHashMap<>();
    putNanos(parameters, QUEUE, timings.queue());
    putNanos(parameters, EDGE, timings.edge());
    putNanos(parameters, UPLINK, timings.uplink());
    putNanos(parameters, CLOUD, timings.cloud());
    return parameters;
  }

  /**
   * The provenance among {@code parameters}; one that names no route, as from a server that is no
   * Brink, counts as an answer of the cloud.
   */
  static Provenance toProvenance(Parameters parameters) {
    return new Provenance(
        route(parameters.string(ROUTE).orElse("")),
        reason(parameters.string(REASON).orElse("")),
        parameters.bool(DEGRADED).orElse(false),
        parameters.number(CONFIDENCE).orElse(Double.NaN),
        parameters.number(THRESHOLD).orElse(Double.NaN),
        parameters.string(NODE).orElse(""),
        toTimings(parameters),
        parameters.string(JOB).orElse(""),
        parameters.string(EXPLANATION).orElse(""));
  }

  private static Timings toTimings(Parameters parameters) {
    return new Timings(
        parameters.unsigned(QUEUE).orElse(0L),
        parameters.unsigned(EDGE).orElse(0L),
        parameters.unsigned(UPLINK).orElse(0L),
        parameters.unsigned(CLOUD).orElse(0L));
  }

  /** {@code parameters} without those that tell the provenance. */
  static Parameters withoutProvenance(Parameters parameters) {
    if (NAMES.containsAll(parameters.asMap().keySet())) {
      return Parameters.none();
    }
    Map<String, Object> others = new LinkedHashMap<>(parameters.asMap());
    others.keySet().removeAll(NAMES);
    return Parameters.of(others);
  }

  private static Route route(String name) {
    return ROUTES.getOrDefault(name, Route.CLOUD);
  }

  private static Reason reason(String name) {
    return REASONS.getOrDefault(name, Reason.LOCAL);
  }

  private static void putNumber(Map<String, Object> parameters, String name, double value) {
    if (!Double.isNaN(value)) {
      parameters.put(name, value);
    }
  }

  private static void putText(Map<String, Object> parameters, String name, String value) {
    if (!value.isEmpty()) {
      parameters.put(name, value);
    }
  }

  private static void putNanos(Map<String, Object> parameters, String name, long value) {
    if (value > 0) {
      parameters.put(name, value);
    }
  }
}
