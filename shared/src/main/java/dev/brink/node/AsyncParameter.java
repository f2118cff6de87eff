package dev.brink.node;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import io.vertx.core.Future;
import java.util.Optional;

/**
 * Lets callers ask by a parameter to be answered later, over whatever protocol: gRPC has no {@code
 * Prefer}.
 */
final class AsyncParameter implements InferenceService {

  private static final String NAME = "brink_async";

  private final InferenceService service;
  private final InferenceService deferring;

  /**
   * @param deferring accepts what callers will fetch later
   */
  AsyncParameter(InferenceService service, InferenceService deferring) {
    this.service = service;
    this.deferring = deferring;
  }

  @Override
  public Future<InferenceResult> infer(InferenceRequest request) {
    Optional<Boolean> asked = request.parameters().bool(NAME);
    if (asked.isEmpty()) {
      return service.infer(request);
    }
    InferenceRequest plain = request.withParameters(request.parameters().without(NAME));
    return (asked.get() ? deferring : service).infer(plain);
  }

  @Override
  public Optional<InferenceError> refusal(String model, String version) {
    return service.refusal(model, version);
  }
}
