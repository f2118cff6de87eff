package dev.brink.serving;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import io.vertx.core.Future;
import java.util.Optional;

/** Answers requests with the models of this node. */
final class LocalInference implements InferenceService {

  /** A reload may retire the version between look-up and submission; once is chance. */
  private static final int ATTEMPTS = 3;

  private final HostedModels models;

  LocalInference(HostedModels models) {
    this.models = models;
  }

  @Override
  public Future<InferenceResult> infer(InferenceRequest request) {
    try {
      for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
        LoadedModel model = models.require(request);
        Optional<Future<InferenceResult>> answer = model.submit(request);
        if (answer.isPresent()) {
          models.taken(request, model);
          return answer.get();
        }
      }
      throw HostedModels.notReady(request.modelName(), request.modelVersion());
    } catch (InferenceException refused) {
      return Future.failedFuture(refused);
    }
  }

  @Override
  public Optional<InferenceError> refusal(String model, String version) {
    return models.ready(model, version).flatMap(LoadedModel::refusal);
  }
}
