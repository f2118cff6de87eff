package dev.brink.oip.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.DataType;
import dev.brink.inference.Deferral;
import dev.brink.inference.FakeInferenceService;
import dev.brink.inference.Shape;
import dev.brink.inference.TensorSpec;
import dev.brink.model.FakeModelCatalog;
import dev.brink.model.ModelDescription;
import dev.brink.oip.EchoService;
import dev.brink.oip.http.OipServerUnderTest.Answer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class HttpServerTest {

  private static final EchoService SERVICE = new EchoService();
  private static final FakeModelCatalog CATALOG =
      new FakeModelCatalog()
          .with(
              new ModelDescription(
                  "m",
                  "1",
                  List.of("1"),
                  "onnxruntime_onnx",
                  List.of(new TensorSpec("x", DataType.FP32, Shape.of(-1, 2))),
                  List.of(new TensorSpec("y", DataType.FP32, Shape.of(-1, 2))),
                  8,
                  false,
                  Map.of("provider", "cpu")));
  private static OipServerUnderTest server;

  @BeforeAll
  static void start() {
    server = OipServerUnderTest.start(SERVICE, CATALOG);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void theServerTellsWhatItIs() {
    Answer answer = server.get("/v2");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo("application/json");
    assertThat(answer.json().getString("name")).isEqualTo("brink");
    assertThat(answer.json().getJsonArray("extensions")).contains("binary_tensor_data");
  }

  @Test
  void aJsonTensorGoesInAndComesOut() {
    Answer answer =
        server.post(
            "/v2/models/m/infer",
            """
            {"id":"7","inputs":[{"name":"x","shape":[1,3],"datatype":"FP32",
              "data":[[0.1, -2.5e3, 0.10000000149011612]]}]}\
            """);

    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    assertThat(SERVICE.last().inputs().getFirst().toFloats()).containsExactly(0.1f, -2500f, 0.1f);
    assertThat(answer.json().getString("id")).isEqualTo("7");
    assertThat(answer.json().getJsonObject("parameters").getString("brink_route"))
        .isEqualTo("edge");
    assertThat(answer.json().getJsonArray("outputs").getJsonObject(0).getJsonArray("data"))
        .isEqualTo(new JsonArray("[0.1,-2500.0,0.1]"));
    assertThat(answer.header("server-timing")).isEqualTo("queue;dur=1.500, edge;dur=0.002");
  }

  @Test
  void whatIsMalformedIsRefused() {
    assertThat(server.post("/v2/models/m/infer", "{").status()).isEqualTo(400);
    assertThat(server.post("/v2/models/m/infer", "").error()).contains("unexpected end");
    assertThat(server.get("/v2/models/m/infer").status()).isEqualTo(405);
    assertThat(server.get("/v3").error()).isEqualTo("Not Found");
  }

  @Test
  void whoWouldRatherNotWaitIsToldWhereTheAnswerWillBe() {
    FakeInferenceService outbox =
        FakeInferenceService.answering(new Deferral("job-1", Instant.EPOCH));
    try (OipServerUnderTest deferring = OipServerUnderTest.deferring(SERVICE, outbox, CATALOG)) {
      Answer answer =
          deferring.send(
              HttpMethod.POST,
              "/v2/models/m/infer",
              Map.of("Prefer", "wait=5, respond-async"),
              Buffer.buffer("{\"inputs\":[]}"));
      Answer waited = deferring.post("/v2/models/m/infer", "{\"inputs\":[]}");

      assertThat(answer.status()).isEqualTo(202);
      assertThat(answer.header("location")).isEqualTo("/v2/jobs/job-1");
      assertThat(answer.header("preference-applied")).isEqualTo("respond-async");
      assertThat(answer.json().getString("id")).isEqualTo("job-1");
      assertThat(waited.status()).isEqualTo(200);
    }
  }
}
