package dev.brink.edge.outbox;

import dev.brink.edge.outbox.store.Usage;

/**
 * How the outbox stands.
 *
 * @param usage what is kept
 * @param oldestSeconds age of the oldest queued job; 0 where none waits
 * @param expired jobs expired since the start
 * @param problem why no job can be taken now; empty where all is well
 */
public record JobStats(Usage usage, long oldestSeconds, long expired, String problem) {}
