package dev.brink.management;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.config.ManagementSection;
import dev.brink.telemetry.Metrics;
import dev.brink.telemetry.RequestSummary;
import dev.brink.telemetry.Telemetry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ManagementServerTest {

  private final Telemetry telemetry = new Telemetry();
  private final Vertx vertx = telemetry.vertx(new VertxOptions().setEventLoopPoolSize(1)).build();
  private final AtomicReference<HealthStatus> models =
      new AtomicReference<>(HealthStatus.healthy());
  private final HttpClient client = HttpClient.newHttpClient();
  private int port;

  @BeforeEach
  void start() {
    Metrics metrics = telemetry.requestMetrics(name -> false);
    Health health =
        new Health()
            .ready("models", models::get)
            .detail("uplink", () -> HealthStatus.down("no cloud"))
            .live("process", HealthStatus::healthy);
    Console console =
        new Console("edge", "edge-1", new RequestSummary(telemetry, metrics))
            .add(new ConsoleSection("Outbox", () -> JsonObject.of("depth", 3)))
            .add(new ConsoleSection("Broken", this::broken));
    ManagementSection config = new ManagementSection("127.0.0.1", 0, true);
    port =
        new ManagementServer(config, telemetry, health, console)
            .page("/decisions", () -> JsonObject.of("recent", new JsonArray()))
            .listen(vertx)
            .await();
  }

  @AfterEach
  void stop() {
    vertx.close().await();
    telemetry.close();
  }

  @Test
  void metricsComeAsPrometheusText() throws Exception {
    telemetry.watchEventLoops(vertx, 1).await();
    get("/health/live");

    HttpResponse<String> metrics = get("/metrics");

    assertThat(metrics.headers().firstValue("Content-Type").orElseThrow())
        .startsWith("text/plain; version=0.0.4");
    assertThat(metrics.body())
        .contains("brink_requests_in_flight 0.0")
        .contains("brink_event_loop_lag_seconds")
        .contains("jvm_memory_used_bytes")
        .contains("vertx_http_server_requests_total{code=\"200\",method=\"GET\"} 1.0");
  }

  @Test
  void aNodeIsReadyWithoutWhatIsNotRequired() throws Exception {
    HttpResponse<String> ready = get("/health/ready");

    assertThat(ready.statusCode()).isEqualTo(200);
    JsonObject checks = new JsonObject(ready.body()).getJsonObject("checks");
    assertThat(checks.getJsonObject("uplink"))
        .isEqualTo(JsonObject.of("up", false, "required", false, "reason", "no cloud"));
  }

  @Test
  void aNodeWithoutItsModelsIsNotReadyButLives() throws Exception {
    models.set(HealthStatus.down("loading"));

    assertThat(get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(get("/health/ready").body()).contains("loading");
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void theConsoleNeedsNothingButThisNode() throws Exception {
    HttpResponse<String> page = get("/console");

    assertThat(page.body()).contains("<!DOCTYPE html>").doesNotContainPattern("(src|href)=\"http");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'");
  }

  @Test
  void aSectionThatBreaksBreaksNoOther() throws Exception {
    JsonObject state = new JsonObject(get("/console/state").body());

    assertThat(state.getString("node")).isEqualTo("edge-1");
    JsonArray sections = state.getJsonArray("sections");
    assertThat(sections.getJsonObject(0).getJsonObject("state").getInteger("depth")).isEqualTo(3);
    assertThat(sections.getJsonObject(1).getJsonObject("state").getString("error"))
        .contains("on purpose");
  }

  @Test
  void pagesOfOthersAreServedBesideItsOwn() throws Exception {
    assertThat(get("/decisions").body()).isEqualTo("{\"recent\":[]}");
  }

  @Test
  void whatIsNotThereIsAnErrorInJson() throws Exception {
    HttpResponse<String> absent = get("/nothing");

    assertThat(absent.statusCode()).isEqualTo(404);
    assertThat(absent.body()).isEqualTo("{\"error\":\"no such page\"}");
  }

  private JsonObject broken() {
    throw new IllegalStateException("on purpose");
  }

  private HttpResponse<String> get(String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
  }
}
