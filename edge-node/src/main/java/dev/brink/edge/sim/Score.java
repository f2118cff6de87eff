package dev.brink.edge.sim;

/**
 * How good a policy was. Shares are of all requests, agreement of those answered.
 *
 * @param utility share of requests answered within their deadline as the cloud would have, less
 *     0.05 for every cloud call per request
 */
record Score(
    int requests,
    double utility,
    double deadlineMet,
    double agreement,
    double accuracy,
    double cloudCalls,
    double degraded,
    double p99Millis) {}
