package dev.brink.edge.outbox;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import java.time.Duration;

/**
 * What a caller may say about a job, beside the request.
 *
 * @param callback where the outcome is sent; empty for nowhere
 */
record JobOptions(String callback, Duration maxAge) {

  static final String CALLBACK = "brink_callback";
  static final String MAX_AGE = "brink_job_max_age";

  private static final String ROUTE = "brink_route";
  private static final String HERE = "local-only";
  private static final int MAX_KEY_LENGTH = 255;

  /**
   * @throws InferenceException (invalid request) naming the parameter
   */
  static JobOptions of(InferenceRequest request, Duration maxAge, CallbackPolicy policy) {
    requireMayLeave(request.parameters());
    if (request.context().idempotencyKey().length() > MAX_KEY_LENGTH) {
      throw InferenceError.invalid(
          "Idempotency-Key: %d characters (expected: at most %d)"
              .formatted(request.context().idempotencyKey().length(), MAX_KEY_LENGTH));
    }
    String callback = request.parameters().string(CALLBACK).orElse("");
    if (!callback.isEmpty()) {
      policy.require(callback);
    }
    return new JobOptions(callback, maxAge(request.parameters(), maxAge));
  }

  /** Jobs are done in the cloud. */
  private static void requireMayLeave(Parameters parameters) {
    if (HERE.equals(parameters.asMap().get(ROUTE))) {
      throw InferenceError.invalid(
          "parameter '%s': %s (expected of a job, which is done in the cloud: auto, edge or cloud)"
              .formatted(ROUTE, HERE));
    }
  }

  private static Duration maxAge(Parameters parameters, Duration longest) {
    long seconds = parameters.unsigned(MAX_AGE).orElse(longest.toSeconds());
    if (seconds < 1 || seconds > longest.toSeconds()) {
      throw InferenceError.invalid(
          "parameter '%s': %d (expected: 1 to %d seconds)"
              .formatted(MAX_AGE, seconds, longest.toSeconds()));
    }
    return Duration.ofSeconds(seconds);
  }

  /** The request as it is sent on: without what concerns only the job. */
  static InferenceRequest strip(InferenceRequest request) {
    return request.withParameters(request.parameters().without(CALLBACK).without(MAX_AGE));
  }
}
