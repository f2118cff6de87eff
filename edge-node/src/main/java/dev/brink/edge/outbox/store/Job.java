package dev.brink.edge.outbox.store;

import dev.brink.oip.wire.WireError;
import java.time.Instant;
import java.util.Optional;

/**
 * What is known of a job beside its request and its answer.
 *
 * @param sequence order of acceptance in this file
 * @param tenant who asked; empty when the node knows no tenants
 * @param priority 1 is the highest; 0 stands for the default, which goes after every named one
 * @param attempts how often it was sent
 * @param error what went wrong last; empty for nothing
 * @param callback where the outcome is sent; empty for nowhere
 * @param requestBytes 0 once the request is no longer needed
 */
public record Job(
    long sequence,
    String id,
    String tenant,
    String model,
    String version,
    int priority,
    JobState state,
    int attempts,
    int faults,
    Instant createdAt,
    Instant expiresAt,
    Optional<Instant> finishedAt,
    Optional<WireError> error,
    String traceparent,
    String callback,
    int callbackAttempts,
    long requestBytes,
    long resultBytes) {}
