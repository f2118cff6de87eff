package dev.brink.edge.outbox.store;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * A job to be accepted.
 *
 * @param key the caller's idempotency key; empty for none
 * @param fingerprint says whether two requests with one key are the same; called on the writing
 *     thread, only where there is a key
 * @param request the request's bytes; called on the writing thread
 * @param size about as many bytes as {@code request} will give, for the bound on what waits
 */
public record NewJob(
    String id,
    String tenant,
    String key,
    Supplier<String> fingerprint,
    String model,
    String version,
    int priority,
    String traceparent,
    String callback,
    Duration maxAge,
    Supplier<byte[]> request,
    long size) {}
