package dev.brink.edge.gateway;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.routing.RecentDecisions;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.Function;

/** Remembers what was answered and why, and tells the whole decision to who asks for it. */
public final class ExplainedInference implements InferenceService {

  public static final String PARAMETER = "brink_explain";

  private final InferenceService gateway;
  private final Function<InferenceRequest, String> explainer;
  private final RecentDecisions recent;

  /**
   * @param explainer the decision about a request as it would be made now, as JSON
   */
  public ExplainedInference(
      InferenceService gateway,
      Function<InferenceRequest, String> explainer,
      RecentDecisions recent) {
    this.gateway = gateway;
    this.explainer = explainer;
    this.recent = recent;
  }

  @Override
  public Future<InferenceResult> infer(InferenceRequest request) {
    String explanation;
    try {
      boolean wanted = request.parameters().bool(PARAMETER).orElse(false);
      explanation = wanted ? explainer.apply(request) : "";
    } catch (InferenceException refused) {
      return Future.failedFuture(refused);
    }
    return gateway
        .infer(request)
        .onFailure(failure -> recent.add(request, InferenceException.errorOf(failure)))
        .map(result -> told(request, result, explanation));
  }

  @Override
  public Optional<InferenceError> refusal(String model, String version) {
    return gateway.refusal(model, version);
  }

  private InferenceResult told(
      InferenceRequest request, InferenceResult result, String explanation) {
    if (!(result instanceof InferenceResponse answer)) {
      return result;
    }
    recent.add(request, answer);
    return explanation.isEmpty()
        ? answer
        : answer.withProvenance(answer.provenance().explained(explanation));
  }
}
