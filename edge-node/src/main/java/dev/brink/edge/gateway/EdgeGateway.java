package dev.brink.edge.gateway;

import dev.brink.inference.Deferral;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.Provenance;
import dev.brink.inference.Reason;
import dev.brink.inference.Route;
import dev.brink.routing.CascadeFeedback;
import dev.brink.routing.EscalationPolicy;
import dev.brink.routing.RequestedRoute;
import dev.brink.routing.RoutingDecision;
import dev.brink.routing.Verdict;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Answers a device's request: here, in the cloud, or later. The decision is the router's; what is
 * left to do here is to follow it, and to hold the edge's answer for as long as the cloud has not
 * given a better one.
 */
public final class EdgeGateway implements InferenceService {

  private static final String RECONCILE = "reconcile";

  private final Decider decider;
  private final InferenceService local;
  private final InferenceService cloud;
  private final InferenceService paidCloud;
  private final InferenceService outbox;
  private final CascadeFeedback feedback;
  private final Function<String, Duration> patience;
  private final LongSupplier nanoClock;

  /**
   * @param local the models of this node
   * @param cloud the uplink; fails at once where there is none
   * @param paidCloud the same where every call comes out of the model's budget
   * @param outbox accepts durably and answers with a {@link Deferral}
   * @param patience how long the cloud is waited for, for the model of that name, while there is an
   *     edge answer to fall back on
   * @param nanoClock the clock of the requests' deadlines
   */
  public EdgeGateway(
      Decider decider,
      InferenceService local,
      InferenceService cloud,
      InferenceService paidCloud,
      InferenceService outbox,
      CascadeFeedback feedback,
      Function<String, Duration> patience,
      LongSupplier nanoClock) {
    this.decider = decider;
    this.local = local;
    this.cloud = cloud;
    this.paidCloud = paidCloud;
    this.outbox = outbox;
    this.feedback = feedback;
    this.patience = patience;
    this.nanoClock = nanoClock;
  }

  @Override
  public Future<InferenceResult> infer(InferenceRequest request) {
    try {
      return execute(decider.decide(request), request);
    } catch (RuntimeException refused) {
      return Future.failedFuture(refused);
    }
  }

  @Override
  public Optional<InferenceError> refusal(String model, String version) {
    if (decider.isOnlyElsewhere(model, version)) {
      return cloud.refusal(model, version);
    }
    return decider.isOnlyHere(model) ? local.refusal(model, version) : Optional.empty();
  }

  private Future<InferenceResult> execute(RoutingDecision decision, InferenceRequest request) {
    return switch (decision) {
      case RoutingDecision.Local here ->
          local.infer(request).map(because(here.reason(), here.degraded()));
      case RoutingDecision.Cloud(Reason reason, RoutingDecision orElse)
          when reason == Reason.OVERLOAD && !feedback.pays(request) ->
          execute(orElse, request);
      case RoutingDecision.Cloud(Reason reason, RoutingDecision orElse) ->
          (reason == Reason.OVERLOAD ? paidCloud : cloud)
              .infer(
                  Escalation.before(orElse, request, patienceWith(request), nanoClock.getAsLong()))
              .map(because(reason, false))
              .recover(failure -> fallBack(failure, orElse, request));
      case RoutingDecision.Cascade(EscalationPolicy policy) ->
          local
              .infer(request.withOutputs(List.of()))
              .compose(
                  first -> judge(policy, request, (InferenceResponse) first),
                  refusal -> elsewhere(refusal, request));
      case RoutingDecision.Defer(Reason ignored) -> outbox.infer(request);
      case RoutingDecision.Reject(InferenceError error) -> InferenceException.failed(error);
    };
  }

  private Duration patienceWith(InferenceRequest request) {
    return patience.apply(request.modelName());
  }

  private Future<InferenceResult> fallBack(
      Throwable failure, RoutingDecision orElse, InferenceRequest request) {
    CloudFailure kind = CloudFailure.of(failure);
    if (kind.isFinal()) {
      return Future.failedFuture(failure);
    }
    return switch (orElse) {
      case RoutingDecision.Local ignored ->
          execute(new RoutingDecision.Local(kind.reason()), request);
      case RoutingDecision.Reject(InferenceError ignored) when !CloudFailure.isAbsence(failure) ->
          Future.failedFuture(failure);
      case RoutingDecision.Reject other -> execute(other, request);
      case RoutingDecision.Defer other -> execute(other, request);
      case RoutingDecision.Cloud other -> execute(other, request);
      case RoutingDecision.Cascade other -> execute(other, request);
    };
  }

  /** This node has no room, or its model broke: the cloud may do, unless the caller forbids it. */
  private Future<InferenceResult> elsewhere(Throwable refusal, InferenceRequest request) {
    if (CloudFailure.of(refusal).isFinal() || !mayLeave(request) || !feedback.pays(request)) {
      return Future.failedFuture(refusal);
    }
    return paidCloud
        .infer(request)
        .map(because(Reason.OVERLOAD, false))
        .recover(failure -> Future.failedFuture(refusal));
  }

  private static boolean mayLeave(InferenceRequest request) {
    return switch (RequestedRoute.of(request.parameters())) {
      case AUTO, CLOUD -> true;
      case EDGE, LOCAL_ONLY -> false;
    };
  }

  private Future<InferenceResult> judge(
      EscalationPolicy policy, InferenceRequest request, InferenceResponse first) {
    InferenceResponse answer = Outputs.asRequested(request, first);
    return switch (policy.judge(first)) {
      case Verdict.Keep keep -> keep(request, first, answer, keep);
      case Verdict.Escalate escalate ->
          feedback.admits(request, escalate, first)
              ? escalate(request, first, answer, escalate)
              : held(request, answer, escalate, Reason.BUDGET);
    };
  }

  private Future<InferenceResult> keep(
      InferenceRequest request,
      InferenceResponse first,
      InferenceResponse answer,
      Verdict.Keep verdict) {
    if (feedback.audits(request, verdict, first)) {
      paidCloud
          .infer(Audit.of(request))
          .onSuccess(
              better -> feedback.compared(request, verdict, first, (InferenceResponse) better))
          .onFailure(failure -> feedback.unanswered(request, verdict, first));
    }
    Provenance judged = first.provenance().judged(verdict.confidence(), verdict.threshold());
    return verdict.degraded()
        ? reconcile(request, answer.withProvenance(judged.degraded(verdict.reason())))
        : Future.succeededFuture(answer.withProvenance(judged.because(verdict.reason())));
  }

  private Future<InferenceResult> escalate(
      InferenceRequest request,
      InferenceResponse first,
      InferenceResponse answer,
      Verdict.Escalate verdict) {
    return paidCloud
        .infer(Escalation.of(request, patienceWith(request), nanoClock.getAsLong()))
        .map(InferenceResponse.class::cast)
        .onSuccess(better -> feedback.compared(request, verdict, first, better))
        .onFailure(failure -> feedback.unanswered(request, verdict, first))
        .<InferenceResult>map(better -> escalated(first, better, verdict))
        .recover(failure -> hold(failure, request, answer, verdict));
  }

  /** The cloud did not do better, for whatever reason: the device gets what the edge knows. */
  private Future<InferenceResult> hold(
      Throwable failure,
      InferenceRequest request,
      InferenceResponse answer,
      Verdict.Escalate verdict) {
    return request.context().cancellation().isCancelled()
        ? Future.failedFuture(failure)
        : held(request, answer, verdict, CloudFailure.of(failure).orReason(verdict.reason()));
  }

  private Future<InferenceResult> held(
      InferenceRequest request, InferenceResponse answer, Verdict.Escalate verdict, Reason reason) {
    Provenance judged = answer.provenance().judged(verdict.confidence(), verdict.threshold());
    return reconcile(request, answer.withProvenance(judged.degraded(reason)));
  }

  /** A caller of a degraded answer may want the cloud's own later, when it can be had. */
  private Future<InferenceResult> reconcile(InferenceRequest request, InferenceResponse answer) {
    if (!request.parameters().bool(RECONCILE).orElse(false)) {
      return Future.succeededFuture(answer);
    }
    return outbox
        .infer(request.withParameters(request.parameters().without(RECONCILE)))
        .<InferenceResult>map(
            accepted ->
                accepted instanceof Deferral deferral
                    ? answer.withProvenance(answer.provenance().withJob(deferral.jobId()))
                    : answer)
        .otherwise(answer);
  }

  private static InferenceResponse escalated(
      InferenceResponse first, InferenceResponse better, Verdict.Escalate verdict) {
    return better.withProvenance(
        better
            .provenance()
            .from(Route.CLOUD)
            .because(verdict.reason())
            .judged(verdict.confidence(), verdict.threshold())
            .timed(first.provenance().timings().plus(better.provenance().timings())));
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
