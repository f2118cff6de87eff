package dev.brink.edge.gateway;

import dev.brink.inference.Deferral;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.Reason;
import dev.brink.inference.Route;
import dev.brink.routing.EscalationPolicy;
import dev.brink.routing.RoutingDecision;
import dev.brink.routing.Verdict;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Function;

/**
 * Answers a device's request: here, in the cloud, or later. The decision is the router's; what is
 * left to do here is to follow it, and to hold the edge's answer for as long as the cloud has not
 * given a better one.
 */
public final class EdgeGateway implements InferenceService {

  private final Decider decider;
  private final InferenceService local;
  private final InferenceService cloud;
  private final InferenceService outbox;
  private final EscalationListener listener;

  /**
   * @param local the models of this node
   * @param cloud the uplink; fails at once where there is none
   * @param outbox accepts durably and answers with a {@link Deferral}
   */
  public EdgeGateway(
      Decider decider,
      InferenceService local,
      InferenceService cloud,
      InferenceService outbox,
      EscalationListener listener) {
    this.decider = decider;
    this.local = local;
    this.cloud = cloud;
    this.outbox = outbox;
    this.listener = listener;
  }

  @Override
  public Future<InferenceResult> infer(InferenceRequest request) {
    try {
      return execute(decider.decide(request), request);
    } catch (InferenceException refused) {
      return Future.failedFuture(refused);
    }
  }

  private Future<InferenceResult> execute(RoutingDecision decision, InferenceRequest request) {
    return switch (decision) {
      case RoutingDecision.Local here ->
          local.infer(request).map(because(here.reason(), here.degraded()));
      case RoutingDecision.Cloud(Reason reason, RoutingDecision orElse) ->
          cloud
              .infer(request)
              .map(because(reason, false))
              .recover(failure -> fallBack(failure, orElse, request));
      case RoutingDecision.Cascade(EscalationPolicy policy) ->
          local
              .infer(request.withOutputs(List.of()))
              .compose(first -> judge(policy, request, (InferenceResponse) first));
      case RoutingDecision.Defer(Reason ignored) -> outbox.infer(request);
      case RoutingDecision.Reject(InferenceError error) -> InferenceException.failed(error);
    };
  }

  private Future<InferenceResult> fallBack(
      Throwable failure, RoutingDecision orElse, InferenceRequest request) {
    return CloudFailure.of(failure).isFinal()
        ? Future.failedFuture(failure)
        : execute(orElse, request);
  }

  private Future<InferenceResult> judge(
      EscalationPolicy policy, InferenceRequest request, InferenceResponse first) {
    Verdict verdict = policy.judge(first);
    InferenceResponse answer = Outputs.asRequested(request, first);
    return switch (verdict) {
      case Verdict.Keep keep -> reconcile(request, kept(answer, keep), keep.degraded());
      case Verdict.Escalate escalate -> escalate(request, answer, first, escalate);
    };
  }

  private Future<InferenceResult> escalate(
      InferenceRequest request,
      InferenceResponse answer,
      InferenceResponse first,
      Verdict.Escalate verdict) {
    return cloud
        .infer(request)
        .map(InferenceResponse.class::cast)
        .onSuccess(better -> listener.escalated(request, first, better, verdict))
        .<InferenceResult>map(better -> escalated(answer, better, verdict))
        .recover(failure -> hold(failure, request, answer, verdict));
  }

  /** The cloud did not do better, for whatever reason: the device gets what the edge knows. */
  private Future<InferenceResult> hold(
      Throwable failure,
      InferenceRequest request,
      InferenceResponse answer,
      Verdict.Escalate verdict) {
    CloudFailure kind = CloudFailure.of(failure);
    listener.held(request, failure);
    if (request.context().cancellation().isCancelled()) {
      return Future.failedFuture(failure);
    }
    return reconcile(
        request,
        answer.withProvenance(
            answer
                .provenance()
                .judged(verdict.confidence(), verdict.threshold())
                .degraded(kind.reason())),
        true);
  }

  /** The caller may ask for the cloud's answer later when it could not be had now. */
  private Future<InferenceResult> reconcile(
      InferenceRequest request, InferenceResponse answer, boolean degraded) {
    if (!degraded || !request.parameters().bool("reconcile").orElse(false)) {
      return Future.succeededFuture(answer);
    }
    return outbox
        .infer(request.withParameters(request.parameters().without("reconcile")))
        .map(
            accepted ->
                accepted instanceof Deferral(String jobId, var expiry)
                    ? answer.withProvenance(answer.provenance().withJob(jobId))
                    : answer)
        .otherwise(answer)
        .map(InferenceResult.class::cast);
  }

  private static InferenceResponse kept(InferenceResponse answer, Verdict.Keep keep) {
    var judged = answer.provenance().judged(keep.confidence(), keep.threshold());
    return answer.withProvenance(
        keep.degraded() ? judged.degraded(keep.reason()) : judged.because(keep.reason()));
  }

  private static InferenceResponse escalated(
      InferenceResponse answer, InferenceResponse better, Verdict.Escalate verdict) {
    return better.withProvenance(
        better
            .provenance()
            .from(Route.CLOUD)
            .because(verdict.reason())
            .judged(verdict.confidence(), verdict.threshold())
            .timed(answer.provenance().timings().plus(better.provenance().timings())));
  }

  private static Function<InferenceResult, InferenceResult> because(
      Reason reason, boolean degraded) {
    return result ->
        result instanceof InferenceResponse response
            ? response.withProvenance(
                degraded
                    ? response.provenance().degraded(reason)
                    : response.provenance().because(reason))
            : result;
  }
}
