package dev.brink.serving;

/**
 * How long a request that comes now would take.
 *
 * @param waitNanos until it begins to run
 * @param serviceNanos of its run; 0 while nothing is measured
 * @param isFree whether nobody waits before it and an instance has nothing to do; even then a
 *     worker may have to be waited for
 */
public record RunEstimate(long waitNanos, long serviceNanos, boolean isFree) {}
