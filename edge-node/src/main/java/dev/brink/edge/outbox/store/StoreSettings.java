package dev.brink.edge.outbox.store;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where the jobs are kept and how much of them.
 *
 * @param maxBytes of requests and results together; the file is a little larger
 * @param minFree bytes of the disk left alone: with less, no new job is taken
 * @param resultTtl how long an outcome is kept that nobody fetches
 * @param fetchedTtl how long it is kept once fetched, for a client that lost the reply
 * @param maxWaiting changes that may wait for the writing thread
 */
public record StoreSettings(
    Path path,
    long maxBytes,
    int maxJobs,
    long minFree,
    Duration resultTtl,
    Duration fetchedTtl,
    int maxWaiting) {

  public static StoreSettings at(Path path) {
    return new StoreSettings(
        path, 1L << 30, 100_000, 64L << 20, Duration.ofHours(24), Duration.ofMinutes(10), 4096);
  }

  public StoreSettings withCaps(long bytes, int jobs) {
    return new StoreSettings(path, bytes, jobs, minFree, resultTtl, fetchedTtl, maxWaiting);
  }

  public StoreSettings withMinFree(long bytes) {
    return new StoreSettings(path, maxBytes, maxJobs, bytes, resultTtl, fetchedTtl, maxWaiting);
  }
}
