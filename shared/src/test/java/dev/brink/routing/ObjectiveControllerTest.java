package dev.brink.routing;

import static dev.brink.routing.Scenes.INTENT;
import static dev.brink.routing.Scenes.answer;
import static dev.brink.routing.Scenes.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Reason;
import dev.brink.inference.RequestContext;
import dev.brink.model.CascadeSettings;
import dev.brink.model.TenantObjective;
import dev.brink.resilience.ManualTicker;
import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ObjectiveControllerTest {

  private static final NodeSnapshot.CloudView ROOM = NodeSnapshot.CloudView.online(1_000_000);

  private final ManualTicker ticker = new ManualTicker();
  private final SplittableRandom random = new SplittableRandom(17);
  private final ObjectiveController controller = new ObjectiveController(ticker, random);

  @Test
  void leavesTheThresholdAloneWithoutAnObjective() {
    run(INTENT, ROOM, 5_000);

    Thresholds now = controller.thresholds(request(), INTENT, ROOM);
    assertThat(now.threshold()).isEqualTo(INTENT.threshold());
    assertThat(now.price()).isZero();
  }

  @Test
  void findsTheThresholdThatKeepsAnObjective() {
    CascadeSettings settings = INTENT.withObjective(0.95, Duration.ZERO, 0);
    run(settings, ROOM, 30_000);

    double threshold = controller.thresholds(request(), settings, ROOM).threshold();
    assertThat(disagreementAbove(threshold)).isBetween(0.03, 0.05);
  }

  @Test
  void followsAnObjectiveThatIsChangedWhileItRuns() {
    CascadeSettings loose = INTENT.withObjective(0.90, Duration.ZERO, 0);
    run(loose, ROOM, 30_000);
    double before = controller.thresholds(request(), loose, ROOM).threshold();
    CascadeSettings strict = INTENT.withObjective(0.98, Duration.ZERO, 0);

    assertThat(controller.thresholds(request(), strict, ROOM).threshold())
        .isGreaterThan(before + 0.1);
  }

  @Test
  void neverSpendsMoreThanTheBudgetAndGivesUpTheLeastUseful() {
    CascadeSettings settings = INTENT.withObjective(0.98, Duration.ZERO, 100);
    run(settings, ROOM, 40_000);
    Run measured = run(settings, ROOM, 40_000);

    assertThat(measured.calls).isLessThanOrEqualTo((int) (100 * measured.seconds + 500));
    assertThat(measured.calls).isGreaterThan((int) (85 * measured.seconds));
    assertThat(measured.refused).isLessThan(measured.calls / 50);
    assertThat(measured.highestEscalated).isLessThan(0.35);
    assertThat(controller.status().get(0).price()).isGreaterThan(0.6);
  }

  @Test
  void escalatesWhatPromisesMoreThanACallCosts() {
    CascadeSettings settings = INTENT.withCallCost(0.3);
    run(settings, ROOM, 30_000);
    Run measured = run(settings, ROOM, 10_000);

    assertThat(controller.thresholds(request(), settings, ROOM).threshold()).isBetween(0.64, 0.76);
    assertThat(controller.thresholds(request(), settings, ROOM).price()).isEqualTo(0.3);
    assertThat(measured.highestEscalated).isBetween(0.64, 1.0);
    assertThat(measured.calls).isBetween(6_400, 7_700);
  }

  @Test
  void everyOtherCallComesOutOfTheSameBucket() {
    CascadeSettings settings = INTENT.withObjective(0.98, Duration.ZERO, 10);
    controller.thresholds(request(), settings, ROOM);
    int paid = 0;
    for (int i = 0; i < 100; i++) {
      paid += controller.pays(request()) ? 1 : 0;
    }

    assertThat(paid).isEqualTo(50);
    assertThat(
            controller.admits(request(), new Verdict.Escalate(Reason.HARD, 0.1, 0.9), answer("a")))
        .isFalse();
  }

  @Test
  void thePriceRisesWithTheCloudsLoadAndSettles() {
    CascadeSettings settings = INTENT.withObjective(0.98, Duration.ZERO, 0);
    run(settings, ROOM, 20_000);
    double escalated = 0.4;
    double lowest = 1;
    double highest = 0;
    for (int i = 0; i < 200; i++) {
      var cloud = new NodeSnapshot.CloudView(LinkState.ONLINE, true, true, 1, escalated * 5, 1);
      Run step = run(settings, cloud, 250);
      escalated = (escalated * 3 + step.calls / 250.0) / 4;
      lowest = i > 100 ? Math.min(lowest, escalated) : lowest;
      highest = i > 100 ? Math.max(highest, escalated) : highest;
    }

    assertThat(lowest).isBetween(0.12, 0.25);
    assertThat(highest - lowest).isLessThan(0.12);
  }

  @Test
  void tenantsHaveObjectivesOfTheirOwn() {
    CascadeSettings settings =
        INTENT
            .withObjective(0.90, Duration.ZERO, 0)
            .withTenant(
                "strict",
                new TenantObjective(
                    Optional.of(0.99), Optional.empty(), Optional.empty(), Optional.empty()));
    run(settings, ROOM, 20_000);

    double all = controller.thresholds(request(), settings, ROOM).threshold();
    double strict = controller.thresholds(of("strict"), settings, ROOM).threshold();
    assertThat(strict).isGreaterThan(all);
    assertThat(controller.thresholds(of("other"), settings, ROOM).threshold()).isEqualTo(all);
  }

  @Test
  void auditsOnlyWhatMayLeaveAndOnlyWhileThereIsRoom() {
    CascadeSettings settings = INTENT.withObjective(0.95, Duration.ZERO, 0);
    run(settings, ROOM, 20_000);

    assertThat(audits(Reason.FORCED)).isZero();
    assertThat(audits(Reason.CONFIDENT)).isPositive();
    ticker.advance(Duration.ofMillis(200));
    controller.thresholds(request(), settings, NodeSnapshot.CloudView.offline());
    assertThat(audits(Reason.CONFIDENT)).isZero();
  }

  @Test
  void goesOnAfterARestartWithWhatItHadLearned() {
    CascadeSettings settings = INTENT.withObjective(0.95, Duration.ZERO, 0);
    run(settings, ROOM, 30_000);
    double learned = controller.thresholds(request(), settings, ROOM).threshold();
    ObjectiveController restarted = new ObjectiveController(ticker, random);
    restarted.restore(controller.save());

    assertThat(restarted.thresholds(request(), settings, ROOM).threshold())
        .isCloseTo(learned, within(0.02));
  }

  @Test
  void whatWasLearnedOfAnotherVersionDoesNotApply() {
    CascadeSettings settings = INTENT.withObjective(0.95, Duration.ZERO, 0);
    controller.calibrate("intent", new LearningBasis("1", "abc"), Calibration.none());
    run(settings, ROOM, 30_000);
    double learned = controller.thresholds(request(), settings, ROOM).threshold();
    ObjectiveController restarted = new ObjectiveController(ticker, random);
    restarted.calibrate("intent", new LearningBasis("2", "abc"), Calibration.none());
    restarted.restore(controller.save());

    assertThat(restarted.thresholds(request(), settings, ROOM).threshold())
        .isGreaterThan(learned + 0.05);
  }

  @Test
  void aNewVersionStartsAgainAndTheSameOneGoesOn() {
    CascadeSettings settings = INTENT.withObjective(0.95, Duration.ZERO, 0);
    controller.calibrate("intent", new LearningBasis("1", ""), Calibration.none());
    run(settings, ROOM, 30_000);
    double learned = controller.thresholds(request(), settings, ROOM).threshold();

    controller.calibrate("intent", new LearningBasis("1", ""), Calibration.none());
    assertThat(controller.thresholds(request(), settings, ROOM).threshold()).isEqualTo(learned);

    controller.calibrate("intent", new LearningBasis("2", ""), Calibration.none());
    assertThat(controller.thresholds(request(), settings, ROOM).threshold())
        .isGreaterThan(learned + 0.05);
  }

  @Test
  void whatNobodyAskedForYetIsSavedAgain() {
    CascadeSettings settings = INTENT.withObjective(0.95, Duration.ZERO, 0);
    run(settings, ROOM, 1_000);
    ObjectiveController restarted = new ObjectiveController(ticker, random);
    restarted.restore(controller.save());

    assertThat(restarted.save()).isEqualTo(controller.save());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {                                                             | no JSON
          {"format":1}                                                  | format: 1 (expected: 2)
          {"format":2}                                                  | objectives: 0
          {"format":2,"objectives":[7]}                                 | objectives: 7
          {"format":2,"objectives":[{"known":{"edges":[2,1]}}]}         | known.edges: [2.0, 1.0]
          {"format":2,"objectives":[{"known":{"edges":[],"seen":[-1]}}]}| seen: -1
          {"format":2,"objectives":[{"known":{"edges":[],"seen":[1,2]}}]}| seen: 2 values
          {"format":2,"objectives":[{"known":{"edges":[],"seen":[1],"compared":[1],"disagreed":[2]}}]}| known.disagreed: 2.0 (expected: <= 1.0)
          """)
  void refusesWhatIsDamaged(String json, String message) {
    assertThatThrownBy(() -> controller.restore(json)).hasMessageStartingWith(message);
  }

  /** What a stretch of traffic came to; a quarter of a millisecond between requests. */
  private static final class Run {
    private int calls;
    private int refused;
    private double highestEscalated;
    private double seconds;
  }

  /** Answers that are wrong as often as their confidence is below 1. */
  private Run run(CascadeSettings settings, NodeSnapshot.CloudView cloud, int requests) {
    Run run = new Run();
    for (int i = 0; i < requests; i++) {
      ticker.advance(Duration.ofMillis(1));
      float confidence = (float) random.nextDouble();
      Thresholds now = controller.thresholds(request(), settings, cloud);
      CascadePolicy policy = new CascadePolicy(settings, now.threshold(), 1 << 30, cloud, now);
      boolean wrong = random.nextDouble() > confidence;
      follow(policy.judge(confidence, false, 0), wrong, run);
    }
    run.seconds = requests / 1e3;
    return run;
  }

  private void follow(Verdict verdict, boolean wrong, Run run) {
    switch (verdict) {
      case Verdict.Keep keep -> {
        if (controller.audits(request(), keep, answer("a"))) {
          run.calls++;
          compare(keep, wrong);
        }
      }
      case Verdict.Escalate escalate -> {
        if (controller.admits(request(), escalate, answer("a"))) {
          run.calls++;
          run.highestEscalated = Math.max(run.highestEscalated, escalate.confidence());
          compare(escalate, wrong);
        } else {
          run.refused++;
        }
      }
    }
  }

  private void compare(Verdict verdict, boolean wrong) {
    controller.compared(request(), verdict, answer("a"), answer(wrong ? "b" : "a"));
  }

  private int audits(Reason reason) {
    int audits = 0;
    for (int i = 0; i < 2_000; i++) {
      var keep = new Verdict.Keep(reason, false, 0.9, 0.8);
      audits += controller.audits(request(), keep, answer("a")) ? 1 : 0;
    }
    return audits;
  }

  private static InferenceRequest of(String tenant) {
    RequestContext any = request().context();
    return request()
        .withContext(new RequestContext(any.deadline(), 0, tenant, "", "", any.cancellation()));
  }

  /** Of uniform confidence that is right as often as it says. */
  private static double disagreementAbove(double threshold) {
    return (1 - threshold) * (1 - threshold) / 2;
  }
}
