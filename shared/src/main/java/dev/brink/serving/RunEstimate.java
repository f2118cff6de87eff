package dev.brink.serving;

/**
 * How long a request that comes now would take.
 *
 * @param waitNanos until it begins to run
 * @param serviceNanos of its run; 0 while nothing is measured
 */
public record RunEstimate(long waitNanos, long serviceNanos) {}
