package dev.brink.oip.grpc;

import dev.brink.inference.Cancellation;
import dev.brink.inference.Deferral;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.RequestContext;
import dev.brink.model.ModelCatalog;
import dev.brink.oip.proto.InferParameter;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.oip.rules.Classification;
import dev.brink.oip.rules.ForwardedHeaders;
import dev.brink.oip.rules.InferenceCall;
import dev.brink.oip.rules.OipSettings;
import dev.brink.oip.rules.RequestRules;
import dev.brink.oip.wire.WireRequests;
import dev.brink.oip.wire.WireResponses;
import io.vertx.core.Future;

/** ModelInfer, and each request of ModelStreamInfer. */
final class InferRpc {

  private final InferenceCall inference;
  private final OipSettings settings;
  private final ForwardedHeaders forwarded;
  private final ModelCatalog catalog;

  InferRpc(
      InferenceCall inference,
      OipSettings settings,
      ForwardedHeaders forwarded,
      ModelCatalog catalog) {
    this.inference = inference;
    this.settings = settings;
    this.forwarded = forwarded;
    this.catalog = catalog;
  }

  Future<ModelInferResponse> unary(GrpcCall<ModelInferResponse> call, ModelInferRequest message) {
    return infer(call, message, call.cancellation(), call.arrivedNanos());
  }

  /**
   * @param part of the call, that this one request is
   * @param sinceNanos when it began to arrive
   */
  Future<ModelInferResponse> infer(
      GrpcCall<?> call, ModelInferRequest message, Cancellation part, long sinceNanos) {
    try {
      InferenceRequest request = request(call, message, part, sinceNanos);
      return inference.infer(Classification.plain(request)).map(result -> answer(request, result));
    } catch (InferenceException refused) {
      return Future.failedFuture(refused);
    }
  }

  private InferenceRequest request(
      GrpcCall<?> call, ModelInferRequest message, Cancellation part, long sinceNanos) {
    InferenceRequest request =
        call.forward(WireRequests.toRequest(message, RequestContext.until(null)), forwarded);
    RequestRules.check(request);
    return request.withContext(
        call.context(request.parameters(), inference, settings, part, sinceNanos));
  }

  private ModelInferResponse answer(InferenceRequest request, InferenceResult result) {
    return switch (result) {
      case InferenceResponse response ->
          WireResponses.toMessage(
              Classification.apply(request, response, catalog).withId(request.id()));
      case Deferral deferral -> accepted(request, deferral);
    };
  }

  /** No outputs yet, but the job under which they will be found. */
  private static ModelInferResponse accepted(InferenceRequest request, Deferral deferral) {
    return ModelInferResponse.newBuilder()
        .setModelName(request.modelName())
        .setModelVersion(request.modelVersion())
        .setId(request.id())
        .putParameters(
            "brink_job", InferParameter.newBuilder().setStringParam(deferral.jobId()).build())
        .build();
  }
}
