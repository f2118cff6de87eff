package dev.brink.edge.outbox;

import dev.brink.config.DataSize;
import dev.brink.config.Default;
import dev.brink.config.Range;
import dev.brink.edge.outbox.store.StoreSettings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * What is kept of requests that cannot be answered now, how much and how long.
 *
 * @param path the SQLite file; its folder is made where it is missing
 * @param maxBytes of requests and results together; the file may be a quarter larger
 * @param maxJobs in every state together
 * @param maxAge how long a job may wait for its answer
 * @param resultTtl how long an outcome is kept that nobody fetches
 * @param fetchedTtl how long an outcome is kept after it was first fetched
 * @param minFree bytes of the disk left alone: with less, no new job is taken
 * @param maxWaiting jobs that may wait for the disk at one moment
 */
public record OutboxSettings(
    @Default("run/outbox.db") Path path,
    @Default("1GiB") @Range(min = 65536) DataSize maxBytes,
    @Default("100000") @Range(min = 1, max = 10_000_000) int maxJobs,
    @Default("7d") @Range(min = 1000) Duration maxAge,
    @Default("24h") @Range(min = 1000) Duration resultTtl,
    @Default("10m") @Range(min = 0) Duration fetchedTtl,
    @Default("64MiB") @Range(min = 0) DataSize minFree,
    @Default("4096") @Range(min = 1, max = 1_000_000) int maxWaiting,
    DrainSettings drain,
    CallbackSettings callback) {

  StoreSettings store() {
    return new StoreSettings(
        path, maxBytes.bytes(), maxJobs, minFree.bytes(), resultTtl, fetchedTtl, maxWaiting);
  }
}
