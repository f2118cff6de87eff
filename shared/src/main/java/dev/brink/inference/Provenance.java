package dev.brink.inference;

/**
 * Where an answer came from, and why.
 *
 * @param degraded whether this is an edge answer that would have been escalated, had the cloud been
 *     there
 * @param confidence of the edge's answer by the model's signal; NaN where none was measured
 * @param threshold the confidence below which the request counts as hard; NaN where there is none
 * @param node id of the node that computed the answer; empty where it does not say
 * @param jobId the job under which a better answer will be found; empty for none
 * @param explanation the whole decision as JSON where the caller asked for it; empty otherwise
 */
public record Provenance(
    Route route,
    Reason reason,
    boolean degraded,
    double confidence,
    double threshold,
    String node,
    Timings timings,
    String jobId,
    String explanation) {

  /** An answer computed here, before anybody has judged it. */
  public static Provenance local(Route route, String node, Timings timings) {
    return new Provenance(
        route, Reason.LOCAL, false, Double.NaN, Double.NaN, node, timings, "", "");
  }

  public Provenance because(Reason other) {
    return new Provenance(
        route, other, degraded, confidence, threshold, node, timings, jobId, explanation);
  }

  public Provenance degraded(Reason other) {
    return new Provenance(
        route, other, true, confidence, threshold, node, timings, jobId, explanation);
  }

  public Provenance judged(double confidence, double threshold) {
    return new Provenance(
        route, reason, degraded, confidence, threshold, node, timings, jobId, explanation);
  }

  public Provenance from(Route otherRoute) {
    return new Provenance(
        otherRoute, reason, degraded, confidence, threshold, node, timings, jobId, explanation);
  }

  public Provenance timed(Timings other) {
    return new Provenance(
        route, reason, degraded, confidence, threshold, node, other, jobId, explanation);
  }

  public Provenance withJob(String other) {
    return new Provenance(
        route, reason, degraded, confidence, threshold, node, timings, other, explanation);
  }

  public Provenance explained(String other) {
    return new Provenance(
        route, reason, degraded, confidence, threshold, node, timings, jobId, other);
  }
}
