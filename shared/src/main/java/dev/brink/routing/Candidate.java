package dev.brink.routing;

/**
 * A target as a selection saw it.
 *
 * @param verdict {@code candidate}, or why it was not one: {@code excluded}, {@code
 *     model-not-held}, {@code unreachable}, {@code breaker-open}, {@code ejected}, {@code
 *     refusing}, {@code no-credit}, {@code too-late}
 * @param latencyNanos a typical call of late; 0 where not measured
 * @param cost by which two candidates are compared
 */
public record Candidate(
    String target, String verdict, long latencyNanos, int inFlight, double cost) {}
