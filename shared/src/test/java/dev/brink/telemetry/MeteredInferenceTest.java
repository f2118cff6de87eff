package dev.brink.telemetry;

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
import dev.brink.inference.Reason;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Route;
import dev.brink.inference.Timings;
import dev.brink.resilience.ManualTicker;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MeteredInferenceTest {

  private final Telemetry telemetry = new Telemetry();
  private final Metrics metrics = telemetry.requestMetrics("known"::equals);
  private final ManualTicker ticker = new ManualTicker();

  @AfterEach
  void close() {
    telemetry.close();
  }

  @Test
  void anAnswerIsCountedByRouteAndReason() {
    metered(FakeInferenceService.answering(answer(Route.CLOUD, Reason.HARD, false)))
        .infer(request("intent"));

    assertThat(telemetry.scrape())
        .contains(
            "brink_requests_total{model=\"intent\",reason=\"hard\",route=\"cloud\",status=\"ok\"}"
                + " 1.0");
  }

  @Test
  void timesGoToHistogramsWithFixedBuckets() {
    InferenceService slow =
        FakeInferenceService.behaving(
            request -> {
              ticker.advance(Duration.ofMillis(30));
              return FakeInferenceService.answering(answer(Route.EDGE, Reason.CONFIDENT, false))
                  .infer(request);
            });

    metered(slow).infer(request("intent"));

    assertThat(telemetry.scrape())
        .contains("brink_request_seconds_bucket{model=\"intent\",route=\"edge\",le=\"0.025\"} 0")
        .contains("brink_request_seconds_bucket{model=\"intent\",route=\"edge\",le=\"0.05\"} 1")
        .contains("brink_queue_seconds_count{model=\"intent\"} 1")
        .contains("brink_run_seconds_sum{model=\"intent\"} 0.002")
        .contains("brink_uplink_seconds_count{model=\"intent\"} 0");
  }

  @Test
  void aDegradedAnswerIsCountedAsSuch() {
    metered(FakeInferenceService.answering(answer(Route.EDGE, Reason.OFFLINE, true)))
        .infer(request("intent"));

    assertThat(telemetry.scrape())
        .contains("brink_degraded_total{model=\"intent\",reason=\"offline\"} 1.0");
  }

  @Test
  void aFailureIsCountedByItsKind() {
    metered(FakeInferenceService.failing(new InferenceError.Overloaded("full", Duration.ZERO)))
        .infer(request("known"));

    assertThat(telemetry.scrape())
        .contains(
            "brink_requests_total{model=\"known\",reason=\"none\",route=\"none\""
                + ",status=\"overloaded\"} 1.0");
  }

  @Test
  void namesThatCallersMakeUpShareOneLabel() {
    InferenceService service =
        metered(FakeInferenceService.failing(new InferenceError.UnknownModel("no such model")));
    for (int i = 0; i < 1000; i++) {
      service.infer(request("made-up-" + i));
    }

    assertThat(telemetry.scrape())
        .contains(
            "brink_requests_total{model=\"_other\",reason=\"none\",route=\"none\""
                + ",status=\"unknown-model\"} 1000.0")
        .doesNotContain("made-up");
  }

  @Test
  void aRequestIsInFlightUntilItEnds() {
    Promise<InferenceResult> pending = Promise.promise();
    InferenceService service = metered(FakeInferenceService.behaving(any -> pending.future()));

    service.infer(request("intent"));

    assertThat(telemetry.scrape()).contains("brink_requests_in_flight 1.0");
    pending.fail(new InferenceError.Cancelled("gone").asException());
    assertThat(telemetry.scrape()).contains("brink_requests_in_flight 0.0");
  }

  @Test
  void theSummaryHasCumulativeBucketsForEachRoute() {
    InferenceService service =
        metered(FakeInferenceService.answering(answer(Route.EDGE, Reason.CONFIDENT, false)));
    service.infer(request("intent"));
    service.infer(request("surface"));

    JsonObject summary = new RequestSummary(telemetry, metrics).toJson();

    assertThat(summary.getJsonArray("requests")).hasSize(2);
    JsonObject latency = summary.getJsonArray("latency").getJsonObject(0);
    assertThat(latency.getString("route")).isEqualTo("edge");
    assertThat(latency.getJsonArray("counts").getLong(14)).isEqualTo(2);
    assertThat(latency.getJsonArray("bounds").getDouble(14)).isEqualTo(10.0);
  }

  @Test
  void linesOfAGaugeComeAndGo() {
    List<LabelledValue> lines =
        new java.util.ArrayList<>(List.of(new LabelledValue(Map.of("state", "ready"), 1)));
    telemetry.gauges("brink_model_state", "State of a model", () -> lines);

    assertThat(telemetry.scrape()).contains("brink_model_state{state=\"ready\"} 1.0");
    lines.set(0, new LabelledValue(Map.of("state", "loading"), 1));
    assertThat(telemetry.scrape())
        .contains("brink_model_state{state=\"loading\"} 1.0")
        .doesNotContain("state=\"ready\"");
  }

  private InferenceService metered(InferenceService inner) {
    return new MeteredInference(inner, metrics, ticker::nanos);
  }

  private static InferenceRequest request(String model) {
    RequestContext context = RequestContext.until(new Deadline(Long.MAX_VALUE));
    return new InferenceRequest(model, "", "", Parameters.none(), List.of(), List.of(), context);
  }

  private static InferenceResponse answer(Route route, Reason reason, boolean degraded) {
    Timings timings = new Timings(1_000_000, 2_000_000, 0, 0);
    Provenance provenance = Provenance.local(route, "node", timings).because(reason);
    return new InferenceResponse(
        "intent",
        "1",
        "",
        Parameters.none(),
        List.of(),
        degraded ? provenance.degraded(reason) : provenance);
  }
}
