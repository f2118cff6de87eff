package dev.brink.edge.outbox.store;

/**
 * What a sweep found.
 *
 * @param expired jobs that ended because their time was over
 * @param forgotten outcomes kept long enough
 * @param more whether there is more to sweep at once
 */
public record Swept(int expired, int forgotten, boolean more) {}
