package dev.brink.oip.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.InferenceError;
import dev.brink.inference.Tensor;
import dev.brink.model.FakeModelCatalog;
import dev.brink.oip.EchoService;
import dev.brink.oip.TestModels;
import dev.brink.oip.http.OipServerUnderTest.Answer;
import dev.brink.oip.rules.OipSettings;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The protocol's rules over HTTP, against a real server; row numbers are those of docs/protocol.md.
 */
class HttpConformanceTest {

  private static final String INFER = "/v2/models/m/infer";
  private static final String HEADER_LENGTH = "Inference-Header-Content-Length";
  private static final EchoService SERVICE = new EchoService();
  private static final FakeModelCatalog CATALOG = TestModels.catalog();
  private static OipServerUnderTest server;

  @BeforeAll
  static void start() {
    server =
        OipServerUnderTest.start(
            SERVICE, CATALOG, OipSettings.defaults("test").withModelControl(true));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  // Health, metadata, configuration, statistics

  @Test
  void healthIsToldAsJson() {
    assertThat(server.get("/v2/health/live").json()).isEqualTo(new JsonObject().put("live", true));
    assertThat(server.get("/v2/health/ready").json())
        .isEqualTo(new JsonObject().put("ready", true));
  }

  @Test
  void aServerThatIsNotReadySaysSoWith503() {
    FakeModelCatalog catalog = TestModels.catalog();
    catalog.becomeReady(false);
    try (OipServerUnderTest unready = OipServerUnderTest.start(SERVICE, catalog)) {
      Answer answer = unready.get("/v2/health/ready");

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.json()).isEqualTo(new JsonObject().put("ready", false));
      assertThat(unready.get("/v2/health/live").status()).isEqualTo(200);
    }
  }

  @Test
  void modelsAreListedAndDescribed() {
    assertThat(server.get("/v2/models").json().getJsonArray("models")).contains("m", "broken");
    JsonObject model = server.get("/v2/models/m").json();
    assertThat(model)
        .isEqualTo(
            new JsonObject(
                """
                {"name":"m","versions":["1"],"platform":"onnxruntime_onnx",
                 "inputs":[{"name":"x","datatype":"FP32","shape":[-1,2]}],
                 "outputs":[{"name":"x","datatype":"FP32","shape":[-1,2]}],
                 "properties":{"provider":"cpu"}}\
                """));
    assertThat(server.get("/v2/models/m/versions/1").json()).isEqualTo(model);
  }

  @Test
  void readinessOfAModelIsAStatus() {
    assertThat(server.get("/v2/models/m/ready").json())
        .isEqualTo(new JsonObject().put("name", "m").put("ready", true));
    assertThat(server.get("/v2/models/m/versions/1/ready").status()).isEqualTo(200);
    assertThat(server.get("/v2/models/m/versions/9/ready").status()).isEqualTo(400);
    assertThat(server.get("/v2/models/nope/ready").error()).isEqualTo("Model version not ready");
  }

  @Test
  void theConfigurationIsWhatPerfToolsRead() {
    JsonObject config = server.get("/v2/models/m/config").json();

    assertThat(config.getInteger("max_batch_size")).isEqualTo(8);
    assertThat(config.getJsonArray("input").getJsonObject(0))
        .isEqualTo(
            new JsonObject()
                .put("name", "x")
                .put("data_type", "TYPE_FP32")
                .put("dims", new JsonArray().add(2)));
    assertThat(config.containsKey("dynamic_batching")).isTrue();
    assertThat(config.containsKey("sequence_batching")).isFalse();
    assertThat(server.get("/v2/models/counter/config").json().fieldNames())
        .contains("sequence_batching")
        .doesNotContain("dynamic_batching");
    assertThat(server.get("/v2/models/texts/config").json().getJsonArray("input").toString())
        .contains("TYPE_STRING");
  }

  @Test
  void statisticsAreCountedByModel() {
    JsonObject all = server.get("/v2/models/stats").json();
    JsonObject one = server.get("/v2/models/m/versions/1/stats").json();

    assertThat(all).isEqualTo(one);
    JsonObject model = one.getJsonArray("model_stats").getJsonObject(0);
    assertThat(model.getInteger("inference_count")).isEqualTo(3);
    assertThat(model.getJsonObject("inference_stats").getJsonObject("queue"))
        .isEqualTo(new JsonObject().put("count", 3).put("ns", 3000));
    assertThat(model.getJsonArray("batch_stats").getJsonObject(0).getInteger("batch_size"))
        .isEqualTo(2);
    assertThat(server.get("/v2/models/nope/stats").status()).isEqualTo(404);
  }

  @Test
  void settingsAreShown() {
    assertThat(server.get("/v2/logging").json())
        .isEqualTo(
            new JsonObject(
                """
                {"log_file":"","log_info":true,"log_warning":true,"log_error":true,
                 "log_verbose_level":0,"log_format":"ISO8601"}\
                """));
    assertThat(server.get("/v2/trace/setting").json().getJsonArray("trace_level")).contains("OFF");
    assertThat(server.get("/v2/models/m/trace/setting").status()).isEqualTo(200);
    assertThat(server.get("/v2/models/m/versions/1/trace/setting").status()).isEqualTo(404);
  }

  @Test
  void whatIsLoggedCanBeChangedByThoseWhoMayControlModels() {
    Answer quiet = server.post("/v2/logging", "{\"log_info\":false}");
    Answer verbose = server.post("/v2/logging", "{\"log_verbose_level\":2}");
    Answer usual = server.post("/v2/logging", "{\"log_info\":true,\"log_verbose_level\":0}");

    assertThat(quiet.json().getBoolean("log_info")).isFalse();
    assertThat(quiet.json().getBoolean("log_warning")).isTrue();
    assertThat(verbose.json().getInteger("log_verbose_level")).isEqualTo(2);
    assertThat(usual.json()).isEqualTo(server.get("/v2/logging").json());
    try (OipServerUnderTest closed = OipServerUnderTest.start(SERVICE, TestModels.catalog())) {
      assertThat(closed.post("/v2/logging", "{\"log_info\":false}").status()).isEqualTo(501);
    }
  }

  @Test
  void whatIsSwitchedOffIsNotLoggedUnlessMoreIsAskedFor() {
    server.post("/v2/logging", "{\"log_verbose_level\":1}");
    Answer lowered = server.post("/v2/logging", "{\"log_info\":false}");
    Answer both = server.post("/v2/logging", "{\"log_info\":false,\"log_verbose_level\":1}");
    Answer errors = server.post("/v2/logging", "{\"log_warning\":false}");
    server.post("/v2/logging", "{\"log_info\":true}");

    assertThat(lowered.json().getBoolean("log_info")).isFalse();
    assertThat(lowered.json().getBoolean("log_warning")).isTrue();
    assertThat(lowered.json().getInteger("log_verbose_level")).isZero();
    assertThat(both.json().getInteger("log_verbose_level")).isEqualTo(1);
    assertThat(errors.json().getBoolean("log_warning")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{'log_info':1} | 400",
        "{'log_error':false} | 400",
        "{'log_unheard':true} | 400",
        "{'log_format':'other'} | 400",
        "{'log_verbose_level':-1} | 400",
        "{'log_info':[]} | 400",
        "[] | 400",
        "{'log_file':'/tmp/x'} | 501"
      })
  void aLogSettingThatCannotBeIsRefusedByName(String body, int status) {
    Answer answer = server.post("/v2/logging", body.replace('\'', '"'));

    assertThat(answer.status()).isEqualTo(status);
    assertThat(server.get("/v2/logging").json().getBoolean("log_info")).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "{} | 200",
        "{'trace_level':null,'trace_rate':null} | 200",
        "{'trace_level':['OFF'],'trace_rate':'1'} | 200",
        "{'trace_level':['TIMESTAMPS']} | 501",
        "{'trace_unheard':'1'} | 400",
        "{'trace_rate':1} | 400"
      })
  void tracesStayOff(String body, int status) {
    for (String path : List.of("/v2/trace/setting", "/v2/models/m/trace/setting")) {
      Answer answer = server.post(path, body.replace('\'', '"'));

      assertThat(answer.status()).isEqualTo(status);
    }
    assertThat(server.get("/v2/trace/setting").json().getJsonArray("trace_level")).contains("OFF");
  }

  @ParameterizedTest
  @ValueSource(strings = {"systemsharedmemory", "cudasharedmemory"})
  void sharedMemoryHasNoRegions(String kind) {
    String path = "/v2/" + kind;

    assertThat(server.get(path + "/status").body()).hasToString("[]");
    assertThat(server.get(path + "/region/r/status").status()).isEqualTo(404);
    assertThat(server.post(path + "/unregister", "").status()).isEqualTo(200);
    assertThat(server.post(path + "/region/r/unregister", "").status()).isEqualTo(200);
    assertThat(server.post(path + "/region/r/register", "{}").status()).isEqualTo(501);
  }

  // Paths and verbs

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/v1/models/m",
        "/v2/",
        "/v2/models/",
        "/v2/models/m/",
        "/v2/models/m/versions",
        "/v2/models/m/versions/one/infer",
        "/v2/models/m/versions/1/infer/",
        "/v2/models/m/unheard",
        "/v2/health",
        "/v2/systemsharedmemory/region/status",
        "/v2/systemsharedmemory/register",
        "/base_path/v2/health/live",
        "/v2x"
      })
  void whatIsNoPathIsNotFoundAsJson(String path) {
    Answer answer = server.get(path);

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.error()).isEqualTo("Not Found");
    assertThat(answer.header("content-type")).isEqualTo("application/json");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v2/models/m/infer, POST",
    "DELETE, /v2/models/m/infer, POST",
    "POST, /v2/health/live, 'GET, HEAD'",
    "POST, /v2, 'GET, HEAD'",
    "PUT, /v2/models/m, 'GET, HEAD'",
    "DELETE, /v2/logging, 'GET, HEAD, POST'",
    "GET, /v2/repository/index, POST"
  })
  void theWrongVerbIsNotAllowed(String verb, String path, String allowed) {
    Answer answer = server.send(HttpMethod.valueOf(verb), path, Map.of(), Buffer.buffer());

    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("Allow")).isEqualTo(allowed);
    assertThat(answer.error()).isEqualTo("Method Not Allowed");
  }

  @Test
  void aModelsNameMayBeEscaped() {
    server.post("/v2/models/my%20model%2Fx/infer", "{\"inputs\":[]}");

    assertThat(SERVICE.last().modelName()).isEqualTo("my model/x");
  }

  // Infer as JSON

  @Test
  void theVersionOfThePathReachesTheServiceAndComesBack() {
    Answer answer = server.post("/v2/models/m/versions/7/infer", "{\"inputs\":[]}");

    assertThat(SERVICE.last().modelVersion()).isEqualTo("7");
    assertThat(answer.json().getString("model_version")).isEqualTo("7");
  }

  @Test
  void aModelThatIsNotHereIsPassedOnAndNotRefused() {
    assertThat(server.post("/v2/models/elsewhere/infer", "{\"inputs\":[]}").status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "BOOL | [true,false]",
        "UINT8 | [0,255]",
        "UINT16 | [0,65535]",
        "UINT32 | [0,4294967295]",
        "UINT64 | [0,18446744073709551615]",
        "INT8 | [-128,127]",
        "INT16 | [-32768,32767]",
        "INT32 | [-2147483648,2147483647]",
        "INT64 | [-9223372036854775808,9223372036854775807]",
        "FP32 | [0.1,-2.5]",
        "FP64 | [0.1,-2.5E-300]",
        "BYTES | [\"\",\"é😀\"]"
      })
  void everyTypeGoesThroughAsJson(String type, String data) {
    Answer answer = infer("x", type, "[2]", data);

    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    assertThat(answer.body().toString()).contains("\"data\":" + data);
  }

  @Test
  void notANumberAndTheInfinitiesGoThroughAsBareWords() {
    Answer answer = infer("x", "FP32", "[3]", "[NaN,Infinity,-Infinity]");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().toString()).contains("\"data\":[NaN,Infinity,-Infinity]");
  }

  @Test
  void zeroSizedDimensionsAndScalarsGoThrough() {
    assertThat(infer("x", "FP32", "[0,4]", "[]").body().toString())
        .contains("\"shape\":[0,4],\"data\":[]");
    assertThat(infer("x", "FP32", "[]", "[5]").body().toString())
        .contains("\"shape\":[],\"data\":[5.0]");
  }

  @Test
  void theAnswerHasAnIdOnlyWhereTheRequestHad() {
    assertThat(server.post(INFER, "{\"inputs\":[]}").json().containsKey("id")).isFalse();
    assertThat(server.post(INFER, "{\"id\":\"ä\",\"inputs\":[]}").json().getString("id"))
        .isEqualTo("ä");
  }

  @Test
  void row18TheNumberOfValuesMustFitTheShape() {
    assertThat(infer("x", "FP32", "[1,16]", numbers(15)).error())
        .startsWith("Failed to parse 'data' field: shape does not match true shape");
    assertThat(infer("x", "FP32", "[1,16]", numbers(18)).error())
        .startsWith("Unable to parse 'data': Shape does not match true shape of 'data' field");
    assertThat(infer("x", "FP32", "[1,16]", numbers(16)).status()).isEqualTo(200);
  }

  @Test
  void row14NestingIsLimited() {
    Answer deep = infer("x", "FP32", "[1]", "[".repeat(120) + "1" + "]".repeat(120));
    assertThat(deep.status()).isEqualTo(400);
    assertThat(deep.error()).isEqualTo("JSON nesting depth exceeds maximum allowed limit (100)");
    assertThat(infer("x", "FP32", "[1]", "[".repeat(50) + "1" + "]".repeat(50)).status())
        .isEqualTo(200);
  }

  @Test
  void row10AShapeThatOverflowsIsRefused() {
    assertThat(infer("x", "FP32", "[4,1152921504606846978]", "[1]").error())
        .startsWith("byte size overflow for input");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "not json",
        "[]",
        "{}",
        "{\"inputs\":{}}",
        "{\"inputs\":[{}]}",
        "{\"inputs\":[1]}",
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[-1],\"datatype\":\"FP32\",\"data\":[1]}]}",
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1.5],\"datatype\":\"FP32\",\"data\":[1]}]}",
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP99\",\"data\":[1]}]}",
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[\"1\"]}]}",
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"BOOL\",\"data\":[1]}]}",
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"UINT8\",\"data\":[300]}]}",
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"FP32\"}]}",
        "{\"id\":5,\"inputs\":[]}",
        "{\"parameters\":[],\"inputs\":[]}",
        "{\"parameters\":{\"a\":{}},\"inputs\":[]}",
        "{\"parameters\":{\"timeout\":-1},\"inputs\":[]}",
        "{\"parameters\":{\"timeout\":\"soon\"},\"inputs\":[]}",
        "{\"parameters\":{\"priority\":\"high\"},\"inputs\":[]}",
        "{\"parameters\":{\"sequence_start\":1},\"inputs\":[]}",
        "{\"parameters\":{\"brink_route\":\"moon\"},\"inputs\":[]}",
        "{\"parameters\":{\"brink_min_confidence\":1.5},\"inputs\":[]}",
        "{\"parameters\":{\"brink_unheard\":1},\"inputs\":[]}",
        "{\"inputs\":[],\"outputs\":[{}]}",
        "{\"inputs\":[],\"outputs\":[{\"name\":\"a\",\"parameters\":{\"classification\":0}}]}"
      })
  void aClientsMistakeIs400AndSaysWhatIsWrong(String body) {
    Answer answer = server.post(INFER, body);

    assertThat(answer.status()).as(body).isEqualTo(400);
    assertThat(answer.error()).isNotBlank();
  }

  @Test
  void theSameInputOrOutputTwiceIsRefused() {
    String input = "{\"name\":\"X\",\"shape\":[1],\"datatype\":\"FP32\",\"data\":[1]}";
    assertThat(server.post(INFER, "{\"inputs\":[" + input + "," + input + "]}").error())
        .isEqualTo("input 'X' already exists in request");
    assertThat(
            server
                .post(
                    INFER,
                    "{\"inputs\":[],\"outputs\":[{\"name\":\"OUTPUT0\"},{\"name\":\"OUTPUT0\"}]}")
                .error())
        .isEqualTo("output 'OUTPUT0' already exists in request");
  }

  @Test
  void row30CustomParametersReachTheService() {
    server.post(
        INFER, "{\"parameters\":{\"s\":\"a\",\"i\":-3,\"d\":0.5,\"b\":true},\"inputs\":[]}");

    assertThat(SERVICE.last().parameters().asMap())
        .isEqualTo(Map.of("s", "a", "i", -3L, "d", 0.5, "b", true));
  }

  @Test
  void row31ReservedParametersAreRefused() {
    assertThat(server.post(INFER, "{\"parameters\":{\"triton_x\":1},\"inputs\":[]}").error())
        .contains("reserved for Triton usage");
  }

  @Test
  void whatGoesWithARequestReachesTheService() {
    server.send(
        HttpMethod.POST,
        INFER,
        Map.of("Idempotency-Key", "k-1", "traceparent", "00-ab-cd-01"),
        Buffer.buffer("{\"parameters\":{\"priority\":2,\"timeout\":500000},\"inputs\":[]}"));

    var context = SERVICE.last().context();
    assertThat(context.idempotencyKey()).isEqualTo("k-1");
    assertThat(context.traceparent()).isEqualTo("00-ab-cd-01");
    assertThat(context.priority()).isEqualTo(2);
    assertThat(context.deadline().remainingNanos(System.nanoTime())).isLessThan(500_000_000L);
  }

  // Binary

  @Test
  void row1ARawBodyIsTheOneInput() {
    for (String model : List.of("floats8", "floats")) {
      Answer answer = raw(model, floats(8));

      assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
      int header = Integer.parseInt(answer.header(HEADER_LENGTH));
      assertThat(answer.header("content-type")).isEqualTo("application/octet-stream");
      assertThat(answer.body().getBuffer(header, answer.body().length())).isEqualTo(floats(8));
      assertThat(SERVICE.last().inputs().getFirst().shape().toArray()).containsExactly(1, 8);
    }
    assertThat(raw("floats", floats(32)).status()).isEqualTo(200);
  }

  @Test
  void row2ARawStringGetsItsLength() {
    assertThat(raw("text1", Buffer.buffer("hello")).status()).isEqualTo(200);
    assertThat(SERVICE.last().inputs().getFirst().toStrings()).containsExactly("hello");
  }

  @Test
  void rows3To5WhatCannotBeDeducedIsRefused() {
    assertThat(raw("texts", Buffer.buffer("hello")).error())
        .isEqualTo("For BYTE datatype raw input 'INPUT0', the model must have input shape [1]");
    assertThat(raw("two_variable", floats(8)).error())
        .contains("can not be deduced because there are more than one variable-sized dimension");
    assertThat(raw("three", floats(1)).error())
        .isEqualTo(
            "Raw request must only have 1 input (found 1) to be deduced but got 3 inputs in 'three'"
                + " model");
    assertThat(raw("nope", floats(1)).status()).isEqualTo(404);
  }

  @Test
  void row25RawBytesMustFitTheModel() {
    assertThat(raw("floats8", floats(10)).error())
        .isEqualTo(
            "input byte size mismatch for input 'INPUT0' for model 'floats8'. Expected 32, got 40");
  }

  @Test
  void binaryAndJsonInputsMix() {
    String json =
        """
        {"inputs":[{"name":"a","shape":[2],"datatype":"FP32","parameters":{"binary_data_size":8}},
         {"name":"b","shape":[1],"datatype":"INT32","data":[7]},
         {"name":"c","shape":[1],"datatype":"FP16","parameters":{"binary_data_size":2}}],
         "outputs":[{"name":"a"},{"name":"b"},{"name":"c","parameters":{"binary_data":true}}]}\
        """;
    Answer answer =
        binary(json, Buffer.buffer().appendFloatLE(1).appendFloatLE(2).appendShort((short) 5));

    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    assertThat(SERVICE.last().inputs()).extracting(Tensor::name).containsExactly("a", "b", "c");
    int header = Integer.parseInt(answer.header(HEADER_LENGTH));
    JsonArray outputs = new JsonObject(answer.body().getBuffer(0, header)).getJsonArray("outputs");
    assertThat(outputs.getJsonObject(0).getJsonArray("data")).isEqualTo(new JsonArray("[1.0,2.0]"));
    assertThat(outputs.getJsonObject(2).getJsonObject("parameters").getInteger("binary_data_size"))
        .isEqualTo(2);
    assertThat(answer.body().length()).isEqualTo(header + 2);
  }

  @Test
  void halfFloatsMustComeAndGoBinary() {
    assertThat(infer("x", "FP16", "[1]", "[1]").error())
        .isEqualTo(
            "receiving FP16 data via JSON is not supported. Please use the binary data format for"
                + " input x");
    String json =
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"BF16\",\"parameters\":{\"binary_data_size\":2}}]}";
    assertThat(binary(json, Buffer.buffer(new byte[2])).error())
        .startsWith("sending BF16 data via JSON is not supported");
  }

  @Test
  void bytesThatAreNoTextMustGoBinary() {
    String json =
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1],\"datatype\":\"BYTES\",\"parameters\":{\"binary_data_size\":5}}]%s}";
    Buffer data = Buffer.buffer(new byte[] {1, 0, 0, 0, (byte) 0xff});

    assertThat(binary(json.formatted(""), data).error()).contains("not UTF-8");
    assertThat(
            binary(json.formatted(",\"parameters\":{\"binary_data_output\":true}"), data).status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "unset, unset, false",
    "unset, true, true",
    "unset, false, false",
    "true, unset, true",
    "true, false, false",
    "false, true, true"
  })
  void row19TheOutputsOwnFlagWins(String all, String one, boolean expected) {
    String parameters = all.equals("unset") ? "{}" : "{\"binary_data_output\":" + all + "}";
    String own = one.equals("unset") ? "{}" : "{\"binary_data\":" + one + "}";
    Answer answer =
        server.post(
            INFER,
            """
            {"parameters":%s,"inputs":[{"name":"x","shape":[1],"datatype":"FP32","data":[1]}],
             "outputs":[{"name":"x","parameters":%s}]}\
            """
                .formatted(parameters, own));

    assertThat(answer.header(HEADER_LENGTH) != null).isEqualTo(expected);
  }

  @Test
  void anAnswerWhoseBinaryOutputsAreAllEmptyIsPlainJson() {
    Answer answer =
        server.post(
            INFER,
            """
            {"parameters":{"binary_data_output":true},
             "inputs":[{"name":"x","shape":[0],"datatype":"FP32","data":[]}]}\
            """);

    assertThat(answer.header(HEADER_LENGTH)).isNull();
    assertThat(answer.header("content-type")).isEqualTo("application/json");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x | Unable to parse Inference-Header-Content-Length, got: x",
        "99999999999 | out of range",
        "-1 | inference header size should be in range (0, 13), got: -1",
        "14 | inference header size should be in range (0, 13), got: 14"
      })
  void aHeaderLengthThatCannotBeIsRefused(String length, String message) {
    Answer answer =
        server.send(
            HttpMethod.POST,
            INFER,
            Map.of(HEADER_LENGTH, length),
            Buffer.buffer("{\"inputs\":[]}"));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).contains(message);
  }

  @Test
  void row26StringsMustBeAsManyAsTheShapeSays() {
    assertThat(strings(14).error())
        .isEqualTo("expected 16 string elements for inference input 'INPUT1', got 14");
    assertThat(strings(18).error())
        .isEqualTo(
            "unexpected number of string elements 17 for inference input 'INPUT1', expecting 16");
  }

  private static Answer strings(int count) {
    Buffer data = Buffer.buffer();
    for (int i = 0; i < count; i++) {
      data.appendIntLE(1).appendString("s");
    }
    return binary(
        "{\"inputs\":[{\"name\":\"INPUT1\",\"shape\":[1,16],\"datatype\":\"BYTES\",\"parameters\":{\"binary_data_size\":"
            + data.length()
            + "}}]}",
        data);
  }

  // Content codings

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate"})
  void bodiesMayBePackedBothWays(String coding) throws IOException {
    String json =
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[400],\"datatype\":\"FP32\",\"parameters\":{\"binary_data_size\":1600}}]}";
    Buffer body = Buffer.buffer(json).appendBuffer(floats(400));
    Answer answer =
        server.send(
            HttpMethod.POST,
            INFER,
            Map.of(
                "Content-Encoding",
                coding,
                "Accept-Encoding",
                coding,
                HEADER_LENGTH,
                Integer.toString(json.length())),
            pack(coding, body));

    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    assertThat(answer.header("content-encoding")).isEqualTo(coding);
    assertThat(SERVICE.last().inputs().getFirst().byteSize()).isEqualTo(1600);
    if (coding.equals("gzip")) {
      byte[] plain =
          new GZIPInputStream(new ByteArrayInputStream(answer.body().getBytes())).readAllBytes();
      assertThat(new JsonObject(Buffer.buffer(plain)).getString("model_name")).isEqualTo("m");
    }
  }

  @Test
  void theHeadersLengthIsThatWithinTheUnpackedBody() throws IOException {
    String json =
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,4096],\"datatype\":\"UINT8\",\"parameters\":{\"binary_data_size\":4096}}]}";
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(json.getBytes(StandardCharsets.UTF_8));
      out.write(new byte[4096]);
    }

    Answer answer =
        server.send(
            HttpMethod.POST,
            INFER,
            Map.of(
                "Content-Encoding",
                "gzip",
                "Inference-Header-Content-Length",
                Integer.toString(json.length())),
            Buffer.buffer(packed.toByteArray()));

    assertThat(packed.size()).isLessThan(json.length() + 4096);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(SERVICE.last().inputs().getFirst().byteSize()).isEqualTo(4096);
  }

  @Test
  void anUnknownCodingIsTheCallersMistake() {
    Answer answer =
        server.send(HttpMethod.POST, INFER, Map.of("Content-Encoding", "br"), Buffer.buffer("x"));

    assertThat(answer.status()).isEqualTo(415);
    assertThat(answer.header("Accept-Encoding")).isEqualTo("gzip, deflate");
    assertThat(answer.error()).contains("br");
  }

  @Test
  void aPackedBodyThatIsNoneIsRefused() {
    Answer answer =
        server.send(
            HttpMethod.POST,
            INFER,
            Map.of("Content-Encoding", "gzip"),
            Buffer.buffer("{\"inputs\":[]}"));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).contains("not valid gzip");
  }

  // Classification

  @Test
  void row34TheHighestClassesAreGiven() {
    Answer answer = classify("FP32", "[1,8]", "[0,0.5,1,-1,0.25,NaN,0.75,1]", 5);

    assertThat(answer.json().getJsonArray("outputs").getJsonObject(0))
        .isEqualTo(
            new JsonObject(
                """
                {"name":"x","datatype":"BYTES","shape":[1,5],
                 "data":["1.000000:2","1.000000:7","0.750000:6","0.500000:1","0.250000:4"]}\
                """));
  }

  @Test
  void wholeNumbersAreClassifiedExactly() {
    assertThat(classes("UINT64", "[18446744073709551614,9007199254740993,18446744073709551615]"))
        .isEqualTo(
            List.of("18446744073709551615:2", "18446744073709551614:0", "9007199254740993:1"));
    assertThat(classes("INT64", "[9007199254740992,-1,9007199254740993]"))
        .isEqualTo(List.of("9007199254740993:2", "9007199254740992:0", "-1:1"));
  }

  private static List<?> classes(String type, String data) {
    return classify(type, "[3]", data, 3)
        .json()
        .getJsonArray("outputs")
        .getJsonObject(0)
        .getJsonArray("data")
        .getList();
  }

  @Test
  void aSequenceMayHaveAnyNumberOfSixtyFourBits() {
    String id = "18446744073709551615";
    String body =
        "{\"parameters\":{\"sequence_id\":" + id + ",\"timeout\":" + id + "},\"inputs\":[]}";

    assertThat(server.post("/v2/models/m/infer", body).status()).isEqualTo(200);
    assertThat(SERVICE.last().parameters().asMap())
        .containsEntry("sequence_id", new BigInteger(id));
  }

  @Test
  void classesHaveLabelsWhereTheModelHas() {
    assertThat(
            classify("labelled", "FP32", "[1,3]", "[0,0.5,1]", 3)
                .json()
                .getJsonArray("outputs")
                .getJsonObject(0)
                .getJsonArray("data"))
        .containsExactly("1.000000:2", "0.500000:1:zwei", "0.000000:0:eins");
  }

  @Test
  void row35StringsHaveNoClasses() {
    assertThat(classify("BYTES", "[1]", "[\"a\"]", 1).error())
        .isEqualTo("class result not available for output due to unsupported type 'BYTES'");
  }

  @Test
  void row36TooLargeAnOutputIsNotClassified() {
    String json =
        "{\"inputs\":[{\"name\":\"x\",\"shape\":[1000001],\"datatype\":\"UINT8\",\"parameters\":{\"binary_data_size\":1000001}}],\"outputs\":[{\"name\":\"x\",\"parameters\":{\"classification\":1}}]}";

    assertThat(binary(json, Buffer.buffer(new byte[1_000_001])).error())
        .startsWith("classification output tensor too large");
  }

  private static Answer classify(String type, String shape, String data, int classes) {
    return classify("m", type, shape, data, classes);
  }

  private static Answer classify(
      String model, String type, String shape, String data, int classes) {
    return server.post(
        "/v2/models/" + model + "/infer",
        """
        {"inputs":[{"name":"x","shape":%s,"datatype":"%s","data":%s}],
         "outputs":[{"name":"x","parameters":{"classification":%d}}]}\
        """
            .formatted(shape, type, data, classes));
  }

  // Repository

  @Test
  void theRepositoryIsListed() {
    Answer all = server.post("/v2/repository/index", "");
    Answer ready = server.post("/v2/repository/index", "{\"ready\":true}");

    assertThat(new JsonArray(all.body()))
        .contains(
            new JsonObject()
                .put("name", "broken")
                .put("version", "2")
                .put("state", "UNAVAILABLE")
                .put("reason", "no such file"));
    assertThat(new JsonArray(ready.body()).toString()).doesNotContain("UNAVAILABLE");
    assertThat(server.post("/v2/repository/index", "{\"ready\":1}").error())
        .isEqualTo("Invalid value for 'ready': expected a boolean");
  }

  @Test
  void modelsAreLoadedAndUnloaded() {
    assertThat(server.post("/v2/repository/models/m/load", "").status()).isEqualTo(200);
    assertThat(
            server
                .post(
                    "/v2/repository/models/m/load",
                    "{\"parameters\":{\"config\":\"{}\",\"file:1/model.onnx\":\"AAAA\"}}")
                .body()
                .length())
        .isZero();
    assertThat(
            server
                .post(
                    "/v2/repository/models/m/unload",
                    "{\"parameters\":{\"unload_dependents\":true}}")
                .status())
        .isEqualTo(200);
    assertThat(CATALOG.calls()).contains("load m[]", "load m config[1/model.onnx]", "unload m");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"parameters\":{\"file:1/model.onnx\":\"AAAA\"}}",
        "{\"parameters\":{\"config\":\"{}\",\"file:../x\":\"AAAA\"}}",
        "{\"parameters\":{\"config\":\"{}\",\"file:1/../../x\":\"AAAA\"}}",
        "{\"parameters\":{\"config\":\"{}\",\"file:1/model.onnx\":\"A\"}}",
        "{\"parameters\":{\"unheard\":\"1\"}}",
        "{\"parameters\":{\"config\":1}}",
        "{\"parameters\":[]}",
        "[]"
      })
  void aLoadThatMakesNoSenseIsRefused(String body) {
    assertThat(server.post("/v2/repository/models/m/load", body).status()).isEqualTo(400);
  }

  @Test
  void row13ALoadThatFailsLeavesTheServerReady() {
    FakeModelCatalog catalog = TestModels.catalog();
    catalog.failLoads(new InferenceError.InvalidRequest("failed to poll from model repository"));
    try (OipServerUnderTest server =
        OipServerUnderTest.start(
            SERVICE, catalog, OipSettings.defaults("test").withModelControl(true))) {
      Answer answer =
          server.post(
              "/v2/repository/models/m/load",
              "{\"parameters\":{\"config\":\"{}\",\"file:1/model.onnx\":\""
                  + "A".repeat(256)
                  + "\"}}");

      assertThat(answer.status()).isEqualTo(400);
      assertThat(server.get("/v2/health/ready").status()).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../etc",
        "a/../b",
        "..",
        "/etc/passwd",
        "model/",
        "%20..",
        "..%20",
        "%2e%2e",
        "a%2F..%2Fb",
        "a%5Cb",
        "a%00b"
      })
  void row27NamesThatLeadElsewhereAreRefused(String name) {
    for (String action : List.of("load", "unload")) {
      Answer answer = server.post("/v2/repository/models/" + name + "/" + action, "");

      assertThat(answer.status()).as(name).isEqualTo(400);
      assertThat(answer.error()).isEqualTo("model name must not contain path traversal characters");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"...", "..my_model", "model..1"})
  void row29NamesWithDotsAreTaken(String name) {
    assertThat(server.post("/v2/repository/models/" + name + "/load", "").status()).isEqualTo(200);
  }

  @Test
  void otherRepositoriesAreNotSupported() {
    assertThat(server.post("/v2/repository/mine/index", "").status()).isEqualTo(501);
    assertThat(server.post("/v2/repository/mine/models/m/load", "").error())
        .isEqualTo("'repository_name' specification is not supported");
  }

  @Test
  void loadingIsRefusedWhereItIsNotAllowed() {
    try (OipServerUnderTest closed = OipServerUnderTest.start(SERVICE, TestModels.catalog())) {
      Answer answer = closed.post("/v2/repository/models/m/load", "");

      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.error())
          .isEqualTo("explicit model load / unload is not allowed if polling is enabled");
    }
  }

  // Generate

  @Test
  void generateTakesPlainMembersAndAnswersWithThem() {
    Answer answer =
        server.post(
            "/v2/models/llm/generate",
            "{\"id\":\"9\",\"PROMPT\":\"hello\",\"STREAM\":[false],\"top_k\":3,\"parameters\":{\"t\":0.5}}");

    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    assertThat(answer.json().getString("PROMPT")).isEqualTo("hello");
    assertThat(answer.json().getBoolean("STREAM")).isFalse();
    assertThat(answer.json().getString("id")).isEqualTo("9");
    assertThat(SERVICE.last().parameters().asMap()).isEqualTo(Map.of("top_k", 3L, "t", 0.5));
  }

  @Test
  void generateStreamAnswersWithOneEvent() {
    Answer answer =
        server.post("/v2/models/llm/generate_stream", "{\"PROMPT\":\"hello\",\"STREAM\":true}");

    assertThat(answer.header("content-type")).isEqualTo("text/event-stream; charset=utf-8");
    assertThat(answer.body().toString()).startsWith("data: {").endsWith("}\n\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"PROMPT\":123} | attempt to access JSON non-string as string",
        "{\"STREAM\":\"false\"} | attempt to access JSON non-boolean as boolean",
        "{\"PROMPT\":\"a\",\"PROMPT\":\"b\"} | input 'PROMPT' already exists in request",
        "{\"P\":1,\"P\":2} | parameter 'P' already exists in request",
        "{\"id\":\"a\",\"id\":\"b\"} | occurs twice in the request",
        "{\"parameters\":{},\"parameters\":{}} | occurs twice in the request",
        "{\"PARAMS\":{\"a\":1}} | parameter 'PARAMS' has invalid type",
        "{\"parameters\":1} | Expected JSON object for keyword: 'parameters'",
        "{\"PROMPT\":[\"a\",\"b\"]} | Shape does not match true shape",
        "[] | expected: an object"
      })
  void row22GenerateRefusesWhatItCannotRead(String body, String message) {
    Answer answer = server.post("/v2/models/llm/generate", body);

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).contains(message);
  }

  @Test
  void generateTakesNoPackedBody() {
    assertThat(
            server
                .send(
                    HttpMethod.POST,
                    "/v2/models/llm/generate",
                    Map.of("Content-Encoding", "gzip"),
                    Buffer.buffer("{}"))
                .status())
        .isEqualTo(400);
  }

  private static Answer infer(String name, String type, String shape, String data) {
    return server.post(
        INFER,
        "{\"inputs\":[{\"name\":\"%s\",\"shape\":%s,\"datatype\":\"%s\",\"data\":%s}]}"
            .formatted(name, shape, type, data));
  }

  private static Answer raw(String model, Buffer body) {
    return server.send(
        HttpMethod.POST, "/v2/models/" + model + "/infer", Map.of(HEADER_LENGTH, "0"), body);
  }

  private static Answer binary(String json, Buffer data) {
    byte[] header = json.getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers = new HashMap<>();
    headers.put(HEADER_LENGTH, Integer.toString(header.length));
    return server.send(HttpMethod.POST, INFER, headers, Buffer.buffer(header).appendBuffer(data));
  }

  private static Buffer floats(int count) {
    Buffer buffer = Buffer.buffer();
    for (int i = 0; i < count; i++) {
      buffer.appendFloatLE(i);
    }
    return buffer;
  }

  private static String numbers(int count) {
    int[] values = new int[count];
    return Arrays.toString(values);
  }

  private static Buffer pack(String coding, Buffer body) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (var out =
        coding.equals("gzip") ? new GZIPOutputStream(packed) : new DeflaterOutputStream(packed)) {
      out.write(body.getBytes());
    }
    return Buffer.buffer(packed.toByteArray());
  }
}
