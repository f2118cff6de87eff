package dev.brink.inference;

import java.time.Instant;

/**
 * The request was accepted durably and will be answered under {@code jobId}.
 *
 * @param expiresAt when the job is given up if it could not be done
 */
public record Deferral(String jobId, Instant expiresAt) implements InferenceResult {}
