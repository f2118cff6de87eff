package dev.brink.cloud.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.Deadline;
import dev.brink.inference.FakeInferenceService;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.LoadReport;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.resilience.CircuitBreaker;
import dev.brink.resilience.ManualTicker;
import dev.brink.routing.NodeSnapshot.CloudView;
import dev.brink.routing.Target;
import dev.brink.routing.TargetPool;
import dev.brink.routing.TargetPoolSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FleetTest {

  private static final long MILLI = 1_000_000;
  private static final InferenceError FULL =
      new InferenceError.Overloaded("full", Duration.ofMillis(100));

  private final ManualTicker ticker = new ManualTicker();
  private final TargetPool pool =
      new TargetPool(TargetPoolSettings.standard(), ticker, new Random(1));

  @Test
  void aQueueIsLeftToAPeerThatIsClearlySooner() {
    assertThat(Fleet.isClearlySooner(CloudView.online(5 * MILLI), load(9, MILLI))).isTrue();
  }

  @Test
  void aPeerThatIsHardlySoonerIsNotWorthTheWay() {
    assertThat(Fleet.isClearlySooner(CloudView.online(8 * MILLI), load(9, MILLI))).isFalse();
  }

  @Test
  void aBatchThatFormsIsNoQueue() {
    assertThat(Fleet.isClearlySooner(CloudView.online(MILLI), load(3, 10 * MILLI))).isFalse();
  }

  @Test
  void aFullNodeRefusesWhatIsNotReadYet() {
    assertThat(fleet().refusal("m", "")).contains(FULL);
  }

  @Test
  void aFullNodeReadsWhatAPeerMayAnswer() {
    pool.add("peer").holds(Set.of("m"));

    assertThat(fleet().refusal("m", "")).isEmpty();
    assertThat(fleet().refusal("another", "")).contains(FULL);
  }

  @Test
  void aFullNodeWhosePeersAreFullAsWellRefuses() {
    Target peer = pool.add("peer");
    pool.start(peer, "m", 1).refused(Duration.ofSeconds(1));

    assertThat(fleet().refusal("m", "")).contains(FULL);
  }

  @Test
  void aStepOfASequenceStaysWhereItsStateIs() {
    assertThat(asksAPeer("counter", Map.of("sequence_id", 7L))).isFalse();
    assertThat(asksAPeer("counter", Map.of())).isTrue();
    assertThat(asksAPeer("m", Map.of("sequence_id", 7L))).isTrue();
  }

  @Test
  void whatBecomesOfAJobOnAPeerSaysNothingToLiveRequests() {
    Target peer = pool.add("peer");

    InferenceRequest job = request("m", Map.of());
    RequestContext background = job.context().withPriority(RequestContext.BACKGROUND + 1);
    fleet().infer(job.withContext(background));
    assertThat(peer.breakerState()).isEqualTo(new CircuitBreaker.State.Closed(0));

    fleet().infer(job);
    assertThat(peer.breakerState()).isNotEqualTo(new CircuitBreaker.State.Closed(0));
  }

  /** Whether a node that is full asks a peer, who is known and cannot be reached. */
  private boolean asksAPeer(String model, Map<String, ?> parameters) {
    pool.remove("peer");
    Target peer = pool.add("peer");

    assertThat(InferenceException.errorOf(fleet().infer(request(model, parameters)).cause()))
        .isEqualTo(FULL);
    return !peer.breakerState().equals(new CircuitBreaker.State.Closed(0));
  }

  private InferenceRequest request(String model, Map<String, ?> parameters) {
    return new InferenceRequest(
        model,
        "",
        "",
        Parameters.of(parameters),
        List.of(),
        List.of(),
        RequestContext.until(Deadline.after(Duration.ofSeconds(1), ticker.nanos())));
  }

  private Fleet fleet() {
    return new Fleet(
        "here",
        FakeInferenceService.refusing(FULL),
        () -> load(9, MILLI),
        request -> request.modelName().equals("counter"),
        pool,
        (delay, action) -> () -> {},
        ticker);
  }

  private static LoadReport load(int queued, long serviceNanos) {
    return new LoadReport(queued, queued, 1, serviceNanos, 0, 0);
  }
}
