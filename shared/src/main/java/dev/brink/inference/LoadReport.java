package dev.brink.inference;

/**
 * How loaded a node is, as it says itself on every reply and heartbeat.
 *
 * @param inFlight requests accepted and not yet answered
 * @param queued of those, waiting for a model instance
 * @param utilisation busy share of the model instances over the last second, 0 to 1
 * @param serviceNanos typical time of one request on an idle node
 * @param creditRequests how many more requests this peer may have in flight here
 * @param creditBytes how many more bytes this peer may have in flight here
 */
public record LoadReport(
    int inFlight,
    int queued,
    double utilisation,
    long serviceNanos,
    int creditRequests,
    long creditBytes) {}
