package dev.brink.routing;

import static dev.brink.routing.Scenes.answer;
import static dev.brink.routing.Scenes.idleEdge;
import static dev.brink.routing.Scenes.nearCloud;
import static dev.brink.routing.Scenes.node;
import static dev.brink.routing.Scenes.request;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExplanationTest {

  @Test
  void tellsEstimatesThresholdPriceAndCandidates() throws Exception {
    NodeSnapshot snapshot = node(idleEdge(), nearCloud());
    String text =
        Explanation.of(
            request(),
            snapshot,
            new Router().route(request(), snapshot),
            List.of(new Candidate("cloud-1", "ejected", 400_000_000, 2, 1e9)));
    JsonNode json = new JsonMapper().readTree(text);

    assertThat(json.path("decision").asText()).isEqualTo("cascade");
    assertThat(json.path("cloud").path("latency_ms").asDouble()).isEqualTo(20);
    assertThat(json.path("cascade").path("threshold").asDouble()).isEqualTo(0.8);
    assertThat(json.path("cascade").path("price").asDouble()).isZero();
    assertThat(json.path("candidates").path(0).path("verdict").asText()).isEqualTo("ejected");
  }

  @Test
  void remembersTheLatestOnly() {
    RecentDecisions recent = new RecentDecisions(3);
    for (int i = 0; i < 5; i++) {
      recent.add(request(), answer("pay_bill", 1));
    }

    assertThat(recent.latest(10))
        .extracting(RecentDecisions.Entry::number)
        .containsExactly(4L, 3L, 2L);
    assertThat(recent.latest(1)).hasSize(1);
  }
}
