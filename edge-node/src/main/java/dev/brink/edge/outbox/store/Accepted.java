package dev.brink.edge.outbox.store;

import java.time.Instant;

/**
 * A job that is kept durably.
 *
 * @param again whether it was accepted earlier under the same key
 */
public record Accepted(String id, Instant expiresAt, boolean again) {}
