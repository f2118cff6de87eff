package dev.brink.inference;

import io.vertx.core.Future;
import java.util.Optional;

/** Everything that can answer a request. Layers around it are decorators of the same type. */
@FunctionalInterface
public interface InferenceService {

  /**
   * Answers {@code request} within its deadline. Does not block and does not throw: what goes wrong
   * is a failed future with an {@link InferenceException}. May be called from any thread; the
   * future completes on the caller's Vert.x context where there is one.
   */
  Future<InferenceResult> infer(InferenceRequest request);

  /**
   * Why a request for this model would be refused now, whatever else it says, so that its body need
   * not be read; empty where that cannot be known. Cheap, and does not block.
   *
   * @param version empty where the request names none
   */
  default Optional<InferenceError> refusal(String model, String version) {
    return Optional.empty();
  }
}
