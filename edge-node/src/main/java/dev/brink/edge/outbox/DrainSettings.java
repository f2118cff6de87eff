package dev.brink.edge.outbox;

import dev.brink.config.Default;
import dev.brink.config.Range;
import java.time.Duration;

/**
 * How jobs are sent once the link is up.
 *
 * @param concurrency jobs in flight at most
 * @param startJitter the first job goes after a random part of this, so that sites that return
 *     together do not start together
 * @param attemptTimeout how long one attempt may take
 * @param minBackoff before a job's second attempt; doubled for each further one
 * @param maxBackoff upper bound of the backoff
 * @param maxAttempts after so many a job has failed
 * @param maxFaults after so many internal errors a job has failed
 */
public record DrainSettings(
    @Default("8") @Range(min = 1, max = 1024) int concurrency,
    @Default("3s") @Range(min = 0) Duration startJitter,
    @Default("30s") @Range(min = 1) Duration attemptTimeout,
    @Default("1s") @Range(min = 1) Duration minBackoff,
    @Default("10m") @Range(min = 1) Duration maxBackoff,
    @Default("1000") @Range(min = 1) int maxAttempts,
    @Default("5") @Range(min = 1) int maxFaults) {}
