package dev.brink.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.resilience.ManualTicker;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SlowModelTrialsTest {

  private static final long SLOW = 160;

  private final ManualTicker ticker = new ManualTicker();
  private final Router router = new Router();
  private final SlowModelTrials trials = new SlowModelTrials(router, ticker);

  @Test
  void eachModelIsTriedOnceASecond() {
    assertThat(permits("m", "", SLOW)).isTrue();
    assertThat(permits("m", "", SLOW)).isFalse();
    assertThat(permits("m", "2", SLOW)).isTrue();
    assertThat(permits("other", "", SLOW)).isTrue();

    ticker.advance(Duration.ofSeconds(1));

    assertThat(permits("m", "", SLOW)).isTrue();
  }

  @Test
  void trialsThatChangeNothingBecomeRare() {
    int tried = triedWithin(Duration.ofMinutes(10), SLOW, SLOW);

    assertThat(tried).isBetween(10, 17);
  }

  @Test
  void anEstimateThatWaversIsNotBroughtDown() {
    int tried = triedWithin(Duration.ofMinutes(10), SLOW, SLOW - 2);

    assertThat(tried).isBetween(10, 17);
  }

  @Test
  void trialsThatBringTheEstimateDownFollowSoon() {
    triedWithin(Duration.ofMinutes(10), SLOW, SLOW);

    for (long estimate = SLOW - 10; estimate > 100; estimate -= 10) {
      assertThat(permits("m", "", estimate)).isTrue();
      assertThat(permits("m", "", estimate - 10)).isFalse();
      ticker.advance(Duration.ofMillis(100));
    }
  }

  @Test
  void aFreeModelMeasuredAtABadMomentIsAskedAgain() {
    var slow = new NodeSnapshot.EdgeView(true, Optional.empty(), 0, SLOW * Scenes.MS);
    NodeSnapshot node = Scenes.node(slow, NodeSnapshot.CloudView.offline());
    InferenceRequest request = Scenes.request();

    assertThat(router.route(request, node))
        .isInstanceOfSatisfying(
            RoutingDecision.Reject.class,
            reject ->
                assertThat(((InferenceError.Overloaded) reject.error()).retryAfter())
                    .isEqualTo(Duration.ofMillis(SLOW)));
    assertThat(trials.route(request, node)).isInstanceOf(RoutingDecision.Local.class);
    assertThat(trials.route(request, node)).isInstanceOf(RoutingDecision.Reject.class);
  }

  @Test
  void aFreeModelWhoseRunsWaitedForOtherModelsIsAskedAgain() {
    var waited =
        new NodeSnapshot.EdgeView(true, Optional.empty(), SLOW * Scenes.MS, Scenes.MS, true, false);
    NodeSnapshot node = Scenes.node(waited, NodeSnapshot.CloudView.offline());

    assertThat(router.route(Scenes.request(), node)).isInstanceOf(RoutingDecision.Reject.class);
    assertThat(trials.route(Scenes.request(), node)).isInstanceOf(RoutingDecision.Local.class);
  }

  @Test
  void whatGoesToTheCloudAnywayIsNoTrial() {
    var slow = new NodeSnapshot.EdgeView(true, Optional.empty(), 0, SLOW * Scenes.MS);
    NodeSnapshot node = Scenes.node(slow, Scenes.nearCloud());

    assertThat(trials.route(Scenes.forced("cloud"), node))
        .isEqualTo(router.route(Scenes.forced("cloud"), node));
    assertThat(trials.route(Scenes.request(), node)).isInstanceOf(RoutingDecision.Local.class);
    assertThat(trials.route(Scenes.request(), node)).isInstanceOf(RoutingDecision.Cloud.class);
  }

  @Test
  void aBusyModelIsBelieved() {
    var busy = new NodeSnapshot.EdgeView(true, Optional.empty(), 1, SLOW * Scenes.MS);
    NodeSnapshot node = Scenes.node(busy, NodeSnapshot.CloudView.offline());

    assertThat(trials.route(Scenes.request(), node)).isInstanceOf(RoutingDecision.Reject.class);
  }

  private boolean permits(String name, String version, long estimate) {
    return trials.permits(new SlowModelTrials.Model(name, version), estimate);
  }

  /** By turns at one estimate and the other. */
  private int triedWithin(Duration time, long first, long second) {
    int tried = 0;
    for (long passed = 0; passed < time.toSeconds(); passed++) {
      tried += permits("m", "", passed % 2 == 0 ? first : second) ? 1 : 0;
      ticker.advance(Duration.ofSeconds(1));
    }
    return tried;
  }
}
