package dev.brink.dispatch;

import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import io.vertx.core.Future;
import java.time.Duration;

/** The way to the targets. */
@FunctionalInterface
public interface TargetClient {

  /**
   * Asks {@code target}, for no longer than {@code timeout}. Fails with an {@link
   * InferenceException} where the target said what is wrong, and with anything else where it did
   * not answer. Tells the target when the request is cancelled.
   */
  Future<InferenceResponse> infer(String target, InferenceRequest request, Duration timeout);
}
