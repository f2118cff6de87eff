package dev.brink.routing;

import static dev.brink.routing.Scenes.INTENT;
import static dev.brink.routing.Scenes.answer;
import static dev.brink.routing.Scenes.busyEdge;
import static dev.brink.routing.Scenes.farCloud;
import static dev.brink.routing.Scenes.forced;
import static dev.brink.routing.Scenes.idleEdge;
import static dev.brink.routing.Scenes.nearCloud;
import static dev.brink.routing.Scenes.node;
import static dev.brink.routing.Scenes.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Reason;
import dev.brink.model.CascadeSettings;
import dev.brink.model.OnOffline;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouterTest {

  private static final NodeSnapshot.EdgeView WITHOUT_MODEL = NodeSnapshot.EdgeView.without();
  private static final NodeSnapshot.CloudView OFFLINE = NodeSnapshot.CloudView.offline();

  private final Router router = new Router();

  @Test
  void answersAtTheEdgeWhereTheModelHasNoCascade() {
    var edge = new NodeSnapshot.EdgeView(true, Optional.empty(), 0, 0);

    assertThat(router.route(request(), node(edge, nearCloud())))
        .isEqualTo(new RoutingDecision.Local(Reason.LOCAL));
  }

  @Test
  void aStepOfASequenceRunsWhereTheStateIs() {
    assertThat(router.route(step("auto"), node(idleEdge().keepingSequences(), nearCloud())))
        .isEqualTo(new RoutingDecision.Local(Reason.LOCAL));
    assertThat(router.route(step("auto"), node(busyEdge().keepingSequences(), nearCloud())))
        .isInstanceOfSatisfying(
            RoutingDecision.Reject.class,
            reject -> assertThat(reject.error()).isInstanceOf(InferenceError.Overloaded.class));
    assertThat(router.route(step("auto"), node(busyEdge(), nearCloud())))
        .isInstanceOf(RoutingDecision.Cloud.class);
  }

  @Test
  void aSequenceThatIsForcedToTheCloudIsNotGoneOnWithHere() {
    NodeSnapshot.EdgeView edge = idleEdge().keepingSequences();

    RoutingDecision.Cloud cloud =
        (RoutingDecision.Cloud) router.route(step("cloud"), node(edge, nearCloud()));

    assertThat(cloud.orElse()).isInstanceOf(RoutingDecision.Reject.class);
    assertThat(router.route(step("cloud"), node(edge, OFFLINE))).isEqualTo(cloud.orElse());
  }

  private static InferenceRequest step(String route) {
    return request(100, Map.of("sequence_id", 7L, RequestedRoute.PARAMETER, route));
  }

  @Test
  void keepsAConfidentAnswer() {
    Verdict verdict = judge(request(), nearCloud(), answer("pay_bill", 0.1f, 0.9f));

    assertThat(verdict).isEqualTo(new Verdict.Keep(Reason.CONFIDENT, false, 0.9f, 0.8));
  }

  @Test
  void escalatesAHardAnswer() {
    Verdict verdict = judge(request(), nearCloud(), answer("pay_bill", 0.5f, 0.5f));

    assertThat(verdict).isEqualTo(new Verdict.Escalate(Reason.HARD, 0.5, 0.8));
  }

  @Test
  void escalatesTheEdgesOwnUnknownHoweverConfident() {
    Verdict verdict = judge(request(), nearCloud(), answer("oos", 0, 1));

    assertThat(verdict).isEqualTo(new Verdict.Escalate(Reason.UNKNOWN, 1, 0.8));
  }

  @Test
  void escalatesAnAnswerWithoutScores() {
    var settings = CascadeSettings.of("scores", INTENT.signal(), 0.8);
    Verdict verdict =
        cascade(request(), node(idleEdge(settings), nearCloud())).judge(answer("pay_bill", 1));

    assertThat(verdict).isEqualTo(new Verdict.Escalate(Reason.HARD, Double.NaN, 0.8));
  }

  @Test
  void keepsAHardAnswerDegradedWhenTheCloudIsGone() {
    Verdict verdict = judge(request(), OFFLINE, answer("pay_bill", 0.5f, 0.5f));

    assertThat(verdict).isEqualTo(new Verdict.Keep(Reason.OFFLINE, true, 0.5, 0.8));
  }

  @Test
  void keepsAHardAnswerDegradedWhenTheCloudWouldBeLate() {
    Verdict verdict = judge(request(), farCloud(), answer("pay_bill", 0.5f, 0.5f));

    assertThat(verdict).isEqualTo(new Verdict.Keep(Reason.DEADLINE, true, 0.5, 0.8));
  }

  @Test
  void countsTheTimeTheEdgeHasTakenAgainstTheCloud() {
    Verdict verdict = judge(request(), nearCloud(), answer("pay_bill", 90_000_000, 0.5f, 0.5f));

    assertThat(verdict).isEqualTo(new Verdict.Keep(Reason.DEADLINE, true, 0.5, 0.8));
  }

  @Test
  void keepsWhatIsNotWorthThePrice() {
    var snapshot =
        new NodeSnapshot(
            Scenes.NOW,
            idleEdge(),
            nearCloud(),
            new Thresholds(0.8, 0.4, (confidence, unknown) -> 1 - confidence));
    EscalationPolicy policy = cascade(request(), snapshot);

    assertThat(policy.judge(answer("pay_bill", 0.3f, 0.7f)))
        .isEqualTo(new Verdict.Keep(Reason.BUDGET, true, 0.7f, 0.8));
    assertThat(policy.judge(answer("pay_bill", 0.5f, 0.5f)))
        .isEqualTo(new Verdict.Escalate(Reason.HARD, 0.5, 0.8));
  }

  @Test
  void theLatencyObjectiveIsTighterThanTheDeadline() {
    var settings = INTENT.withObjective(0, Duration.ofMillis(10), 0);
    Verdict verdict =
        cascade(request(), node(idleEdge(settings), nearCloud()))
            .judge(answer("pay_bill", 0.5f, 0.5f));

    assertThat(verdict).isEqualTo(new Verdict.Keep(Reason.DEADLINE, true, 0.5, 0.8));
  }

  @Test
  void takesTheCallersConfidenceForTheThreshold() {
    InferenceRequest request = request(100, Map.of(Router.MIN_CONFIDENCE, 0.95));
    Verdict verdict = judge(request, nearCloud(), answer("pay_bill", 0.1f, 0.9f));

    assertThat(verdict).isEqualTo(new Verdict.Escalate(Reason.HARD, 0.9f, 0.95));
  }

  @Test
  void goesToTheCloudWhenTheEdgeIsTooBusy() {
    RoutingDecision decision = router.route(request(), node(busyEdge(), nearCloud()));

    assertThat(decision)
        .isInstanceOfSatisfying(
            RoutingDecision.Cloud.class,
            cloud -> {
              assertThat(cloud.reason()).isEqualTo(Reason.OVERLOAD);
              assertThat(rejection(cloud.orElse())).isInstanceOf(InferenceError.Overloaded.class);
            });
  }

  @Test
  void refusesAtOnceWhenNobodyCanAnswerInTime() {
    RoutingDecision decision = router.route(request(), node(busyEdge(), farCloud()));

    assertThat(rejection(decision))
        .isEqualTo(
            new InferenceError.Overloaded(
                "no node can answer before the deadline", Duration.ofMillis(501)));
  }

  @Test
  void refusesWhatIsTooLateAlready() {
    RoutingDecision decision = router.route(request(0, Map.of()), node(idleEdge(), nearCloud()));

    assertThat(rejection(decision)).isInstanceOf(InferenceError.DeadlineExceeded.class);
  }

  @Test
  void asksTheCloudForAModelItDoesNotHold() {
    RoutingDecision decision = router.route(request(), node(WITHOUT_MODEL, nearCloud()));

    assertThat(decision)
        .isInstanceOfSatisfying(
            RoutingDecision.Cloud.class,
            cloud -> {
              assertThat(cloud.reason()).isEqualTo(Reason.UNKNOWN_MODEL);
              assertThat(rejection(cloud.orElse())).isInstanceOf(InferenceError.Unavailable.class);
            });
  }

  @Test
  void saysTheWayOutWhereOnlyTheLostCloudHoldsTheModel() {
    RoutingDecision decision = router.route(request(), node(WITHOUT_MODEL, OFFLINE));

    assertThat(rejection(decision).message()).contains("respond-async");
  }

  @Test
  void leavesItToTheUplinkToSayThatNobodyHasRoom() {
    var full = new NodeSnapshot.CloudView(LinkState.ONLINE, true, false, 0, 0, 1);

    assertThat(router.route(request(), node(WITHOUT_MODEL, full)))
        .isInstanceOf(RoutingDecision.Cloud.class);
  }

  @Test
  void knowsWhenNobodyHoldsTheModel() {
    var cloud = new NodeSnapshot.CloudView(LinkState.ONLINE, false, false, 0, 0, 1);

    assertThat(rejection(router.route(request(), node(WITHOUT_MODEL, cloud))))
        .isInstanceOf(InferenceError.UnknownModel.class);
  }

  @Test
  void asksTheCloudWhenForced() {
    assertThat(router.route(forced("cloud"), node(idleEdge(), nearCloud())))
        .isEqualTo(
            new RoutingDecision.Cloud(Reason.FORCED, new RoutingDecision.Local(Reason.OFFLINE)));
  }

  @Test
  void answersDegradedWhenForcedToACloudThatIsGone() {
    RoutingDecision decision = router.route(forced("cloud"), node(idleEdge(), OFFLINE));

    assertThat(decision)
        .isInstanceOfSatisfying(
            RoutingDecision.Local.class, local -> assertThat(local.degraded()).isTrue());
  }

  @Test
  void defersWhenForcedToACloudThatIsGoneAndTheModelSaysSo() {
    var edge = idleEdge(INTENT.onOffline(OnOffline.DEFER));

    assertThat(router.route(forced("cloud"), node(edge, OFFLINE)))
        .isEqualTo(new RoutingDecision.Defer(Reason.OFFLINE));
  }

  @Test
  void keepsEveryAnswerOfAForcedEdge() {
    for (String route : new String[] {"edge", "local-only"}) {
      EscalationPolicy policy = cascade(forced(route), node(idleEdge(), nearCloud()));

      assertThat(policy.judge(answer("oos", 0.5f, 0.5f)))
          .isEqualTo(new Verdict.Keep(Reason.FORCED, false, 0.5, 0.8));
    }
  }

  @Test
  void neverSendsAwayWhatMustStay() {
    assertThat(rejection(router.route(forced("local-only"), node(WITHOUT_MODEL, nearCloud()))))
        .isInstanceOf(InferenceError.UnknownModel.class);
    assertThat(rejection(router.route(forced("local-only"), node(busyEdge(), nearCloud()))))
        .isInstanceOf(InferenceError.Overloaded.class);
  }

  @Test
  void namesTheParameterThatIsWrong() {
    assertThat(rejection(router.route(forced("moon"), node(idleEdge(), nearCloud()))))
        .isEqualTo(
            new InferenceError.InvalidRequest(
                "brink_route: moon (expected: auto, edge, cloud or local-only)"));
    assertThat(
            rejection(
                router.route(
                    request(100, Map.of(Router.MIN_CONFIDENCE, 1.5)),
                    node(idleEdge(), nearCloud()))))
        .isEqualTo(
            new InferenceError.InvalidRequest("brink_min_confidence: 1.5 (expected: 0 to 1)"));
  }

  private Verdict judge(
      InferenceRequest request, NodeSnapshot.CloudView cloud, InferenceResponse answer) {
    return cascade(request, node(idleEdge(), cloud)).judge(answer);
  }

  private EscalationPolicy cascade(InferenceRequest request, NodeSnapshot snapshot) {
    return ((RoutingDecision.Cascade) router.route(request, snapshot)).policy();
  }

  private static InferenceError rejection(RoutingDecision decision) {
    return ((RoutingDecision.Reject) decision).error();
  }
}
