package dev.brink.inference;

/**
 * How loaded a node is, as it says itself on every reply and heartbeat.
 *
 * @param inFlight requests accepted and not yet answered
 * @param queued of those, waiting for a model instance
 * @param utilisation busy share of the model instances over the last second, 0 to 1
 * @param serviceNanos typical time of one request on an idle node
 * @param creditRequests how many requests this peer may have in flight here in all
 * @param creditBytes how many bytes of requests this peer may have in flight here in all
 */
public record LoadReport(
    int inFlight,
    int queued,
    double utilisation,
    long serviceNanos,
    int creditRequests,
    long creditBytes) {}
