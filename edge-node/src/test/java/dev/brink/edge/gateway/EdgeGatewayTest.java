package dev.brink.edge.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.Deadline;
import dev.brink.inference.Deferral;
import dev.brink.inference.FakeInferenceService;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.Reason;
import dev.brink.inference.RequestContext;
import dev.brink.inference.RequestedOutput;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.Timings;
import dev.brink.routing.CascadeFeedback;
import dev.brink.routing.EscalationPolicy;
import dev.brink.routing.RoutingDecision;
import dev.brink.routing.Verdict;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EdgeGatewayTest {

  private static final InferenceError OFFLINE =
      new InferenceError.Unavailable("no cloud", Duration.ofSeconds(1));
  private static final RoutingDecision CASCADE =
      new RoutingDecision.Cascade(policy(new Verdict.Escalate(Reason.HARD, 0.4, 0.6)));

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final FakeInferenceService edge = FakeInferenceService.answering(answer(Route.EDGE));
  private final FakeInferenceService cloud = FakeInferenceService.answering(answer(Route.CLOUD));
  private final FakeInferenceService deadCloud = FakeInferenceService.failing(OFFLINE);
  private final FakeInferenceService outbox =
      FakeInferenceService.answering(new Deferral("job-1", Instant.EPOCH));

  @Test
  void aConfidentAnswerStaysAtTheEdge() {
    var decision =
        new RoutingDecision.Cascade(policy(new Verdict.Keep(Reason.CONFIDENT, false, 0.9, 0.6)));

    Provenance provenance = infer(decision, cloud, request()).provenance();

    assertThat(provenance.route()).isEqualTo(Route.EDGE);
    assertThat(provenance.reason()).isEqualTo(Reason.CONFIDENT);
    assertThat(provenance.confidence()).isEqualTo(0.9);
    assertThat(cloud.requests()).isEmpty();
  }

  @Test
  void aHardRequestIsAnsweredByTheCloudAndSaysWhatTheEdgeThought() {
    Provenance provenance = infer(CASCADE, cloud, request()).provenance();

    assertThat(provenance.route()).isEqualTo(Route.CLOUD);
    assertThat(provenance.reason()).isEqualTo(Reason.HARD);
    assertThat(provenance.degraded()).isFalse();
    assertThat(provenance.confidence()).isEqualTo(0.4);
    assertThat(provenance.timings()).isEqualTo(new Timings(2, 4, 6, 8));
  }

  @Test
  void theHeldEdgeAnswerIsGivenDegradedWhenTheCloudFails() {
    Provenance provenance = infer(CASCADE, deadCloud, request()).provenance();

    assertThat(provenance.route()).isEqualTo(Route.EDGE);
    assertThat(provenance.degraded()).isTrue();
    assertThat(provenance.reason()).isEqualTo(Reason.OFFLINE);
  }

  @Test
  void evenARequestTheCloudCallsInvalidKeepsItsEdgeAnswer() {
    var pickyCloud = FakeInferenceService.failing(new InferenceError.InvalidRequest("no input x"));

    Provenance provenance = infer(CASCADE, pickyCloud, request()).provenance();

    assertThat(provenance.degraded()).isTrue();
    assertThat(provenance.reason()).isEqualTo(Reason.HARD);
  }

  @Test
  void theCascadeSeesItsSignalWhateverTheCallerAskedFor() {
    InferenceRequest labelOnly = request().withOutputs(List.of(RequestedOutput.of("label")));

    InferenceResponse response = infer(CASCADE, deadCloud, labelOnly);

    assertThat(edge.requests().getFirst().outputs()).isEmpty();
    assertThat(response.outputs()).extracting(Tensor::name).containsExactly("label");
    assertThat(deadCloud.requests().getFirst().outputs()).hasSize(1);
  }

  @Test
  void anOutputThatTheModelDoesNotGiveIsRefusedByName() {
    InferenceRequest wanting = request().withOutputs(List.of(RequestedOutput.of("nix")));

    assertThat(failure(CASCADE, cloud, wanting).message()).contains("'nix'");
    assertThat(cloud.requests()).isEmpty();
  }

  @Test
  void anUnknownModelGoesToTheCloudAndItsAbsenceIsReportedWhenTheCloudIsGone() {
    var decision =
        new RoutingDecision.Cloud(Reason.UNKNOWN_MODEL, new RoutingDecision.Reject(OFFLINE));

    assertThat(infer(decision, cloud, request()).provenance().reason())
        .isEqualTo(Reason.UNKNOWN_MODEL);
    assertThat(failure(decision, deadCloud, request())).isEqualTo(OFFLINE);
  }

  @Test
  void theCallersOwnMistakeIsNotTriedAgainElsewhere() {
    var mistake = new InferenceError.InvalidRequest("input 'x' is missing");
    var decision =
        new RoutingDecision.Cloud(Reason.FORCED, new RoutingDecision.Local(Reason.OFFLINE));

    assertThat(failure(decision, FakeInferenceService.failing(mistake), request()))
        .isEqualTo(mistake);
    assertThat(edge.requests()).isEmpty();
  }

  @Test
  void aDegradedAnswerPromisesABetterOneWhereTheCallerWantsIt() {
    InferenceRequest wanting = request().withParameters(Parameters.of(Map.of("reconcile", true)));

    assertThat(infer(CASCADE, deadCloud, wanting).provenance().jobId()).isEqualTo("job-1");
    assertThat(outbox.requests().getFirst().parameters().has("reconcile")).isFalse();
  }

  @Test
  void aFullOutboxDoesNotCostTheEdgeAnswer() {
    InferenceRequest wanting = request().withParameters(Parameters.of(Map.of("reconcile", true)));
    var full = FakeInferenceService.failing(new InferenceError.StorageFull("outbox is full"));
    var gateway = gateway(CASCADE, deadCloud, full, CascadeFeedback.NONE);

    InferenceResponse response = (InferenceResponse) gateway.infer(wanting).result();

    assertThat(response.provenance().jobId()).isEmpty();
    assertThat(response.provenance().degraded()).isTrue();
  }

  @Test
  void howeverLateTheDeadlineAHeldAnswerWaitsForTheCloudNoLongerThanItsTimeout() {
    Deadline deadline = new Deadline(Duration.ofSeconds(20).toNanos());

    infer(CASCADE, cloud, request().withContext(RequestContext.until(deadline)));

    assertThat(cloud.requests().getFirst().context().deadline().nanos())
        .isEqualTo(PATIENCE.toNanos());
  }

  @Test
  void theCloudHasToAnswerBeforeTheCallersDeadlineSoThatTheHeldAnswerIsNotLate() {
    Deadline deadline = new Deadline(200_000_000);

    infer(CASCADE, cloud, request().withContext(RequestContext.until(deadline)));

    assertThat(cloud.requests().getFirst().context().deadline().nanos()).isEqualTo(180_000_000);
  }

  @Test
  void aForcedCloudLeavesTimeForTheEdgeItFallsBackOn() {
    var forced =
        new RoutingDecision.Cloud(Reason.FORCED, new RoutingDecision.Local(Reason.OFFLINE));
    var lateCloud =
        FakeInferenceService.failing(new InferenceError.DeadlineExceeded("the cloud is late"));
    Deadline deadline = new Deadline(300_000_000);

    var answer = infer(forced, lateCloud, request().withContext(RequestContext.until(deadline)));

    assertThat(lateCloud.requests().getFirst().context().deadline().nanos()).isEqualTo(200_000_000);
    assertThat(answer.provenance().reason()).isEqualTo(Reason.DEADLINE);
    assertThat(answer.provenance().degraded()).isTrue();
  }

  @Test
  void anErrorOfTheCloudsIsNotTakenForItsAbsence() {
    var unheld =
        new RoutingDecision.Cloud(Reason.UNKNOWN_MODEL, new RoutingDecision.Reject(OFFLINE));
    InferenceError broken = new InferenceError.Internal("out of memory");
    InferenceError gone = new InferenceError.Unavailable("no reply", Duration.ofSeconds(1));

    assertThat(failure(unheld, FakeInferenceService.failing(broken), request())).isEqualTo(broken);
    assertThat(failure(unheld, FakeInferenceService.failing(gone), request())).isEqualTo(OFFLINE);
  }

  @Test
  void anEdgeWithoutRoomAsksTheCloud() {
    Provenance provenance =
        gatewayOf(fullEdge(), cloud)
            .infer(request())
            .map(it -> (InferenceResponse) it)
            .result()
            .provenance();

    assertThat(provenance.route()).isEqualTo(Route.CLOUD);
    assertThat(provenance.reason()).isEqualTo(Reason.OVERLOAD);
  }

  @Test
  void anEdgeWithoutRoomRefusesWhatMustNotLeaveTheSite() {
    InferenceRequest localOnly =
        request().withParameters(Parameters.of(Map.of("brink_route", "local-only")));

    Throwable refusal = gatewayOf(fullEdge(), cloud).infer(localOnly).cause();

    assertThat(InferenceException.errorOf(refusal)).isInstanceOf(InferenceError.Overloaded.class);
    assertThat(cloud.requests()).isEmpty();
  }

  @Test
  void theRefusalOfAFullEdgeStandsWhenTheCloudIsGoneToo() {
    Throwable refusal = gatewayOf(fullEdge(), deadCloud).infer(request()).cause();

    assertThat(InferenceException.errorOf(refusal)).isInstanceOf(InferenceError.Overloaded.class);
  }

  @Test
  void whatTheCloudRefusesForALackOfRoomIsNotCalledUnreachable() {
    var busy = new InferenceError.Overloaded("the cloud is full", Duration.ofMillis(100));
    var decision =
        new RoutingDecision.Cloud(Reason.UNKNOWN_MODEL, new RoutingDecision.Reject(OFFLINE));

    assertThat(failure(decision, FakeInferenceService.failing(busy), request())).isEqualTo(busy);
  }

  @Test
  void nobodyIsAnsweredWhoHasGone() {
    InferenceRequest request = request();
    request.context().cancellation().cancel();

    assertThat(failure(CASCADE, deadCloud, request)).isEqualTo(OFFLINE);
  }

  @Test
  void everyEscalationTeachesTheThreshold() {
    RecordingFeedback feedback = new RecordingFeedback(true, false);

    gateway(CASCADE, cloud, outbox, feedback).infer(request());
    gateway(CASCADE, deadCloud, outbox, feedback).infer(request());

    assertThat(feedback.compared).hasSize(1);
    assertThat(feedback.unanswered).hasSize(1);
  }

  @Test
  void anAuditComparesWhateverTheCallerWanted() {
    var kept =
        new RoutingDecision.Cascade(policy(new Verdict.Keep(Reason.CONFIDENT, false, 0.9, 0.6)));
    InferenceRequest wanting = request().withOutputs(List.of(RequestedOutput.of("probabilities")));

    gateway(kept, cloud, outbox, new RecordingFeedback(true, true)).infer(wanting);

    assertThat(cloud.requests().getFirst().outputs()).isEmpty();
  }

  @Test
  void aSpentBudgetKeepsTheAnswerAtTheEdge() {
    RecordingFeedback spent = new RecordingFeedback(false, false);

    var answer =
        (InferenceResponse) gateway(CASCADE, cloud, outbox, spent).infer(request()).result();

    assertThat(answer.provenance().reason()).isEqualTo(Reason.BUDGET);
    assertThat(answer.provenance().degraded()).isTrue();
    assertThat(cloud.requests()).isEmpty();
  }

  @Test
  void anEdgeWithoutRoomDoesNotSpendMoreThanTheBudget() {
    RecordingFeedback spent = new RecordingFeedback(false, false);
    var overload = new RoutingDecision.Cloud(Reason.OVERLOAD, new RoutingDecision.Reject(OFFLINE));

    Throwable refused = gateway(overload, cloud, outbox, spent).infer(request()).cause();

    assertThat(InferenceException.errorOf(refused)).isEqualTo(OFFLINE);
    assertThat(cloud.requests()).isEmpty();
  }

  @Test
  void anAuditAsksTheCloudBehindTheCallersBack() {
    var kept =
        new RoutingDecision.Cascade(policy(new Verdict.Keep(Reason.CONFIDENT, false, 0.9, 0.6)));
    RecordingFeedback auditor = new RecordingFeedback(true, true);
    InferenceRequest request = request();

    var answer = (InferenceResponse) gateway(kept, cloud, outbox, auditor).infer(request).result();
    request.context().cancellation().cancel();

    assertThat(answer.provenance().route()).isEqualTo(Route.EDGE);
    assertThat(auditor.compared).hasSize(1);
    assertThat(cloud.requests().getFirst().context().priority()).isEqualTo(Integer.MAX_VALUE);
    assertThat(cloud.requests().getFirst().context().cancellation().isCancelled()).isFalse();
  }

  @Test
  void whatOnlyAFullCloudCouldAnswerIsRefusedUnread() {
    InferenceError full = new InferenceError.Overloaded("no room", Duration.ofMillis(250));
    FakeInferenceService fullCloud = FakeInferenceService.refusing(full);

    assertThat(gatewayOf(elsewhere(true), edge, fullCloud).refusal("m", "")).contains(full);
    assertThat(gatewayOf(elsewhere(true), edge, cloud).refusal("m", "")).isEmpty();
    assertThat(gatewayOf(elsewhere(false), edge, fullCloud).refusal("m", "")).isEmpty();
  }

  private static Decider elsewhere(boolean only) {
    return new Decider() {
      @Override
      public RoutingDecision decide(InferenceRequest request) {
        return CASCADE;
      }

      @Override
      public boolean isOnlyElsewhere(String model, String version) {
        return only;
      }
    };
  }

  private InferenceResponse infer(
      RoutingDecision decision, FakeInferenceService cloud, InferenceRequest request) {
    Future<?> answer = gateway(decision, cloud, outbox, CascadeFeedback.NONE).infer(request);
    assertThat(answer.cause()).isNull();
    return (InferenceResponse) answer.result();
  }

  private InferenceError failure(
      RoutingDecision decision, FakeInferenceService cloud, InferenceRequest request) {
    return InferenceException.errorOf(
        gateway(decision, cloud, outbox, CascadeFeedback.NONE).infer(request).cause());
  }

  private static FakeInferenceService fullEdge() {
    return FakeInferenceService.failing(
        new InferenceError.Overloaded("queue is full", Duration.ofMillis(50)));
  }

  private EdgeGateway gatewayOf(FakeInferenceService local, FakeInferenceService cloud) {
    return gatewayOf(request -> CASCADE, local, cloud);
  }

  private EdgeGateway gatewayOf(
      Decider decider, FakeInferenceService local, FakeInferenceService cloud) {
    return new EdgeGateway(
        decider, local, cloud, cloud, outbox, CascadeFeedback.NONE, model -> PATIENCE, () -> 0);
  }

  private EdgeGateway gateway(
      RoutingDecision decision,
      FakeInferenceService cloud,
      FakeInferenceService outbox,
      CascadeFeedback feedback) {
    return new EdgeGateway(
        request -> decision, edge, cloud, cloud, outbox, feedback, model -> PATIENCE, () -> 0);
  }

  private static EscalationPolicy policy(Verdict verdict) {
    return answer -> verdict;
  }

  private static InferenceRequest request() {
    return new InferenceRequest(
        "intent",
        "",
        "",
        Parameters.none(),
        List.of(Tensor.ofStrings("text", Shape.of(1, 1), List.of("hello"))),
        List.of(),
        RequestContext.until(new Deadline(Long.MAX_VALUE)));
  }

  private static InferenceResponse answer(Route route) {
    return new InferenceResponse(
        "intent",
        "1",
        "",
        Parameters.none(),
        List.of(
            Tensor.ofStrings("label", Shape.of(1, 1), List.of(route.wireName())),
            Tensor.ofFloats("probabilities", Shape.of(1, 2), 0.6f, 0.4f)),
        Provenance.local(route, route.wireName() + "-1", new Timings(1, 2, 3, 4)));
  }

  private static final class RecordingFeedback implements CascadeFeedback {

    private final boolean admits;
    private final boolean audits;
    private final List<Verdict> compared = new ArrayList<>();
    private final List<Verdict> unanswered = new ArrayList<>();

    RecordingFeedback(boolean admits, boolean audits) {
      this.admits = admits;
      this.audits = audits;
    }

    @Override
    public boolean admits(
        InferenceRequest request, Verdict.Escalate verdict, InferenceResponse edge) {
      return admits;
    }

    @Override
    public boolean pays(InferenceRequest request) {
      return admits;
    }

    @Override
    public boolean audits(InferenceRequest request, Verdict.Keep verdict, InferenceResponse edge) {
      return audits;
    }

    @Override
    public void compared(
        InferenceRequest request,
        Verdict verdict,
        InferenceResponse edge,
        InferenceResponse cloud) {
      compared.add(verdict);
    }

    @Override
    public void unanswered(InferenceRequest request, Verdict verdict, InferenceResponse edge) {
      unanswered.add(verdict);
    }
  }
}
