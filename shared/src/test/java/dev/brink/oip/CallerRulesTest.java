package dev.brink.oip;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.oip.grpc.GrpcUnderTest;
import dev.brink.oip.grpc.GrpcUnderTest.Outcome;
import dev.brink.oip.http.OipServerUnderTest;
import dev.brink.oip.http.OipServerUnderTest.Answer;
import dev.brink.oip.proto.InferTensorContents;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.oip.proto.ModelStreamInferResponse;
import dev.brink.oip.proto.ServerLiveRequest;
import dev.brink.oip.proto.ServerLiveResponse;
import dev.brink.oip.rules.ApiGroup;
import dev.brink.oip.rules.CallerRules;
import dev.brink.oip.rules.ForwardedHeaders;
import dev.brink.oip.rules.OipSettings;
import dev.brink.oip.rules.Restrictions;
import dev.brink.oip.rules.Restrictions.Key;
import dev.brink.oip.rules.TenantRule;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.grpc.common.GrpcStatus;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server asks of its callers: rows 32, 37 and 41, over both transports. */
class CallerRulesTest {

  private static final EchoService SERVICE = new EchoService();
  private static final CallerRules RULES =
      new CallerRules(
          Restrictions.of(
              Map.of(
                  ApiGroup.INFERENCE, new Key("infer-key", "s3cret"),
                  ApiGroup.MODEL_REPOSITORY, new Key("admin-key", "other"),
                  ApiGroup.STATISTICS, new Key("admin-key", "other"))),
          ForwardedHeaders.matching(Pattern.compile("my_.*|timeout|triton_.*|brink_.*")),
          TenantRule.NOBODY,
          CallerRules.open().log());
  private static final String INFER = "/v2/models/m/infer";
  private static final Map<String, String> HTTP_KEY = Map.of("infer-key", "s3cret");
  private static final String GRPC_HEADER = "triton-grpc-protocol-infer-key";

  private static OipServerUnderTest http;
  private static GrpcUnderTest grpc;

  @BeforeAll
  static void start() {
    OipSettings settings = OipSettings.defaults("test").withModelControl(true);
    http = OipServerUnderTest.start(SERVICE, TestModels.catalog(), settings, RULES);
    grpc = GrpcUnderTest.start(SERVICE, TestModels.catalog(), settings, RULES);
  }

  @AfterAll
  static void stop() {
    http.close();
    grpc.close();
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /v2/models/m/infer, infer-key",
    "POST, /v2/models/m/versions/1/infer, infer-key",
    "POST, /v2/models/m/%69nfer, infer-key",
    "POST, /v2/models/m/%76ersions/1/infer, infer-key",
    "POST, /v2/models/llm/generate, infer-key",
    "POST, /v2/models/llm/generate_stream, infer-key",
    "POST, /v2/repository/index, admin-key",
    "POST, /v2/repository/models/m/load, admin-key",
    "GET, /v2/models/stats, admin-key",
    "GET, /v2/models/m/stats, admin-key",
    "GET, /v2/models/m/versions/1/stats, admin-key"
  })
  void row37WhatIsRestrictedWantsTheSecret(HttpMethod verb, String path, String header) {
    for (Map<String, String> headers :
        List.of(Map.<String, String>of(), Map.of(header, "wrong"), Map.of(header, ""))) {
      Answer answer = http.send(verb, path, headers, Buffer.buffer());

      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.error())
          .isEqualTo("This API is restricted, expecting header '" + header + "'");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v2",
        "/v2/health/ready",
        "/v2/models/m",
        "/v2/models/m/ready",
        "/v2/models/m/config",
        "/v2/logging",
        "/v2/trace/setting"
      })
  void row37WhatIsNotRestrictedIsOpen(String path) {
    assertThat(http.get(path).status()).isEqualTo(200);
  }

  @Test
  void row37TheSecretOpensOverHttp() {
    assertThat(infer(HTTP_KEY).status()).isEqualTo(200);
  }

  @Test
  void row37TheSecretOpensOverGrpc() {
    Outcome<ModelInferResponse> without = inferOverGrpc(Map.of());
    Outcome<ModelInferResponse> with = inferOverGrpc(Map.of(GRPC_HEADER, "s3cret"));
    Outcome<ServerLiveResponse> open =
        grpc.call(
            "ServerLive", ServerLiveRequest.getDefaultInstance(), ServerLiveResponse.parser());

    assertThat(without.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
    assertThat(without.message())
        .isEqualTo("This protocol is restricted, expecting header '" + GRPC_HEADER + "'");
    assertThat(with.status()).isEqualTo(GrpcStatus.OK);
    assertThat(open.answer().getLive()).isTrue();
  }

  @Test
  void row41AStreamWithoutTheSecretIsRefusedAndOneWithItWorks() {
    Outcome<ModelStreamInferResponse> without = stream(Map.of());
    Outcome<ModelStreamInferResponse> with = stream(Map.of(GRPC_HEADER, "s3cret"));

    assertThat(without.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
    assertThat(with.answer().getErrorMessage()).isEmpty();
  }

  @Test
  void row32HeadersThatAreToBeForwardedBecomeParameters() {
    infer(Map.of("infer-key", "s3cret", "my_name", "edge", "other", "no"));

    assertThat(SERVICE.last().parameters().asMap()).isEqualTo(Map.of("my_name", "edge"));

    inferOverGrpc(Map.of(GRPC_HEADER, "s3cret", "my_name", "cloud", "other", "no"));

    assertThat(SERVICE.last().parameters().asMap()).isEqualTo(Map.of("my_name", "cloud"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"timeout", "Timeout", "triton_x", "brink_route"})
  void row32AForwardedHeaderMayNotBeAReservedParameter(String header) {
    Answer answer = infer(Map.of("infer-key", "s3cret", header, "1"));
    Outcome<ModelInferResponse> outcome =
        inferOverGrpc(Map.of(GRPC_HEADER, "s3cret", header.toLowerCase(), "1"));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.error()).contains("reserved for Triton usage");
    assertThat(outcome.status()).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    assertThat(outcome.message()).contains("reserved for Triton usage");
  }

  private static Answer infer(Map<String, String> headers) {
    return http.send(
        HttpMethod.POST,
        INFER,
        headers,
        Buffer.buffer(
            "{\"inputs\":[{\"name\":\"x\",\"shape\":[1,2],\"datatype\":\"FP32\",\"data\":[1,2]}]}"));
  }

  private static Outcome<ModelInferResponse> inferOverGrpc(Map<String, String> headers) {
    return grpc.call("ModelInfer", headers, List.of(request()), ModelInferResponse.parser());
  }

  private static Outcome<ModelStreamInferResponse> stream(Map<String, String> headers) {
    return grpc.call(
        "ModelStreamInfer", headers, List.of(request()), ModelStreamInferResponse.parser());
  }

  private static ModelInferRequest request() {
    return ModelInferRequest.newBuilder()
        .setModelName("m")
        .addInputs(
            ModelInferRequest.InferInputTensor.newBuilder()
                .setName("x")
                .setDatatype("FP32")
                .addShape(1)
                .addShape(2)
                .setContents(
                    InferTensorContents.newBuilder().addFp32Contents(1).addFp32Contents(2)))
        .build();
  }
}
