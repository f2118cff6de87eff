package dev.brink.edge.cache;

import java.time.Duration;

/**
 * How answers of one model are kept.
 *
 * @param generation names what answers now: another version, or the same loaded anew, has another
 * @param ttl after which an answer is forgotten
 * @param maxBytes most bytes of kept answers, of all of the model's versions together
 * @param defaultPriority of a request that states none
 */
public record CachePolicy(String generation, Duration ttl, long maxBytes, int defaultPriority) {}
