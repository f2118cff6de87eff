package dev.brink.edge.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.Deadline;
import dev.brink.inference.FakeInferenceService;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Route;
import dev.brink.inference.Timings;
import dev.brink.routing.RecentDecisions;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ExplainedInferenceTest {

  private static final InferenceResponse ANSWER =
      new InferenceResponse(
          "intent",
          "1",
          "",
          Parameters.none(),
          List.of(),
          Provenance.local(Route.EDGE, "edge-1", Timings.NONE));

  private final RecentDecisions recent = new RecentDecisions(8);
  private final ExplainedInference explained =
      new ExplainedInference(
          FakeInferenceService.answering(ANSWER), request -> "{\"why\":1}", recent);

  @Test
  void explainsToWhoAsksForIt() {
    Future<InferenceResult> result = explained.infer(request(Map.of("brink_explain", true)));

    assertThat(((InferenceResponse) result.result()).provenance().explanation())
        .isEqualTo("{\"why\":1}");
  }

  @Test
  void saysNothingToOthersAndRemembersTheDecision() {
    Future<InferenceResult> result = explained.infer(request(Map.of()));

    assertThat(result.result()).isEqualTo(ANSWER);
    assertThat(recent.latest(5)).hasSize(1);
  }

  @Test
  void remembersWhatWasRefused() {
    InferenceError full = new InferenceError.Overloaded("full", Duration.ofSeconds(1));
    InferenceService refusing = FakeInferenceService.refusing(full);

    new ExplainedInference(refusing, request -> "", recent).infer(request(Map.of()));

    assertThat(recent.latest(5)).hasSize(1);
    assertThat(recent.latest(1).getFirst().error()).contains(full);
    assertThat(recent.latest(1).getFirst().provenance()).isEmpty();
  }

  @Test
  void refusesAWishOfTheWrongKind() {
    Future<InferenceResult> result = explained.infer(request(Map.of("brink_explain", "yes")));

    assertThat(result.cause()).hasMessageContaining("brink_explain");
  }

  private static InferenceRequest request(Map<String, ?> parameters) {
    return new InferenceRequest(
        "intent",
        "",
        "",
        Parameters.of(parameters),
        List.of(),
        List.of(),
        RequestContext.until(new Deadline(Long.MAX_VALUE)));
  }
}
