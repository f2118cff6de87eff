package dev.brink.dispatch;

import dev.brink.inference.InferenceResponse;

/**
 * An answer from the pool.
 *
 * @param target who gave it
 * @param nanos from asking the first target to this answer
 */
public record Dispatched(String target, InferenceResponse response, long nanos) {}
