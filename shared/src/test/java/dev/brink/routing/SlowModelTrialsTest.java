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
  private final SlowModelTrials trials = new SlowModelTrials(ticker);

  @Test
  void eachModelIsTriedOnceASecond() {
    assertThat(trials.permits("m", SLOW)).isTrue();
    assertThat(trials.permits("m", SLOW)).isFalse();
    assertThat(trials.permits("other", SLOW)).isTrue();

    ticker.advance(Duration.ofSeconds(1));

    assertThat(trials.permits("m", SLOW)).isTrue();
  }

  @Test
  void trialsThatChangeNothingBecomeRare() {
    int tried = triedWithin(Duration.ofMinutes(10), SLOW);

    assertThat(tried).isBetween(10, 17);
  }

  @Test
  void trialsThatBringTheEstimateDownFollowSoon() {
    triedWithin(Duration.ofMinutes(10), SLOW);

    for (long estimate = SLOW - 10; estimate > 100; estimate -= 10) {
      assertThat(trials.permits("m", estimate)).isTrue();
      assertThat(trials.permits("m", estimate - 10)).isFalse();
      ticker.advance(Duration.ofMillis(100));
    }
  }

  @Test
  void aFreeModelMeasuredAtABadMomentIsAskedAgain() {
    var slow = new NodeSnapshot.EdgeView(true, Optional.empty(), 0, SLOW * Scenes.MS);
    NodeSnapshot node = Scenes.node(slow, NodeSnapshot.CloudView.offline());
    InferenceRequest request = Scenes.request();
    Router router = new Router();

    assertThat(router.route(request, node))
        .isInstanceOfSatisfying(
            RoutingDecision.Reject.class,
            reject ->
                assertThat(((InferenceError.Overloaded) reject.error()).retryAfter())
                    .isEqualTo(Duration.ofMillis(SLOW)));
    assertThat(router.route(request, trials.doubt(request, node)))
        .isInstanceOf(RoutingDecision.Local.class);
    assertThat(router.route(request, trials.doubt(request, node)))
        .isInstanceOf(RoutingDecision.Reject.class);
  }

  @Test
  void aBusyModelIsBelieved() {
    var busy = new NodeSnapshot.EdgeView(true, Optional.empty(), 1, SLOW * Scenes.MS);
    NodeSnapshot node = Scenes.node(busy, NodeSnapshot.CloudView.offline());

    assertThat(trials.doubt(Scenes.request(), node)).isSameAs(node);
  }

  private int triedWithin(Duration time, long estimate) {
    int tried = 0;
    for (long second = 0; second < time.toSeconds(); second++) {
      tried += trials.permits("m", estimate) ? 1 : 0;
      ticker.advance(Duration.ofSeconds(1));
    }
    return tried;
  }
}
