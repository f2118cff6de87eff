package dev.brink.oip.grpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import dev.brink.inference.Cancellation;
import dev.brink.inference.FakeInferenceService;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.oip.EchoService;
import dev.brink.oip.TestModels;
import dev.brink.oip.grpc.GrpcUnderTest.Outcome;
import dev.brink.oip.proto.InferParameter;
import dev.brink.oip.proto.InferTensorContents;
import dev.brink.oip.proto.ModelConfigRequest;
import dev.brink.oip.proto.ModelConfigResponse;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferRequest.InferInputTensor;
import dev.brink.oip.proto.ModelInferRequest.InferRequestedOutputTensor;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.oip.proto.ModelMetadataRequest;
import dev.brink.oip.proto.ModelMetadataResponse;
import dev.brink.oip.proto.ModelReadyRequest;
import dev.brink.oip.proto.ModelReadyResponse;
import dev.brink.oip.proto.ModelStatisticsRequest;
import dev.brink.oip.proto.ModelStatisticsResponse;
import dev.brink.oip.proto.ModelStreamInferResponse;
import dev.brink.oip.proto.RepositoryIndexRequest;
import dev.brink.oip.proto.RepositoryIndexResponse;
import dev.brink.oip.proto.RepositoryModelLoadRequest;
import dev.brink.oip.proto.RepositoryModelLoadResponse;
import dev.brink.oip.proto.ServerLiveRequest;
import dev.brink.oip.proto.ServerLiveResponse;
import dev.brink.oip.proto.ServerMetadataRequest;
import dev.brink.oip.proto.ServerMetadataResponse;
import dev.brink.oip.proto.ServerReadyRequest;
import dev.brink.oip.proto.ServerReadyResponse;
import dev.brink.oip.rules.OipSettings;
import io.vertx.core.Promise;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.health.v1.HealthCheckRequest;
import io.vertx.grpc.health.v1.HealthCheckResponse;
import io.vertx.grpc.reflection.v1.ServerReflectionRequest;
import io.vertx.grpc.reflection.v1.ServerReflectionResponse;
import java.io.IOException;
import java.math.BigInteger;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol's rules over gRPC, against a real server. */
class GrpcConformanceTest {

  private static final EchoService SERVICE = new EchoService();
  private static GrpcUnderTest server;

  @BeforeAll
  static void start() {
    server = GrpcUnderTest.start(SERVICE, TestModels.catalog());
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void theServerLivesIsReadyAndSaysWhatItIs() {
    assertThat(
            server
                .call(
                    "ServerLive",
                    ServerLiveRequest.getDefaultInstance(),
                    ServerLiveResponse.parser())
                .answer()
                .getLive())
        .isTrue();
    assertThat(
            server
                .call(
                    "ServerReady",
                    ServerReadyRequest.getDefaultInstance(),
                    ServerReadyResponse.parser())
                .answer()
                .getReady())
        .isTrue();
    ServerMetadataResponse metadata =
        server
            .call(
                "ServerMetadata",
                ServerMetadataRequest.getDefaultInstance(),
                ServerMetadataResponse.parser())
            .answer();
    assertThat(metadata.getName()).isEqualTo("brink");
    assertThat(metadata.getExtensionsList()).contains("classification", "statistics");
  }

  @Test
  void aModelTellsItsInputsAndOutputs() {
    ModelMetadataResponse metadata =
        server
            .call(
                "ModelMetadata",
                ModelMetadataRequest.newBuilder().setName("m").build(),
                ModelMetadataResponse.parser())
            .answer();

    assertThat(metadata.getInputs(0).getDatatype()).isEqualTo("FP32");
    assertThat(metadata.getInputs(0).getShapeList()).containsExactly(-1L, 2L);
    assertThat(metadata.getVersionsList()).containsExactly("1");
  }

  @Test
  void anUnknownModelIsNotFound() {
    Outcome<ModelMetadataResponse> outcome =
        server.call(
            "ModelMetadata",
            ModelMetadataRequest.newBuilder().setName("nope").build(),
            ModelMetadataResponse.parser());

    assertThat(outcome.status()).isEqualTo(GrpcStatus.NOT_FOUND);
    assertThat(outcome.message()).isEqualTo("Request for unknown model: 'nope' is not found");
  }

  @Test
  void aVersionThatIsNoNumberIsRefused() {
    assertThat(
            server
                .call(
                    "ModelReady",
                    ModelReadyRequest.newBuilder().setName("m").setVersion("v1").build(),
                    ModelReadyResponse.parser())
                .message())
        .contains("failed to get model version from specified version string 'v1'");
  }

  @Test
  void readinessOfAModelIsAnAnswerAndNoError() {
    assertThat(ready("m")).isTrue();
    assertThat(ready("nope")).isFalse();
  }

  private static boolean ready(String model) {
    return server
        .call(
            "ModelReady",
            ModelReadyRequest.newBuilder().setName(model).build(),
            ModelReadyResponse.parser())
        .answer()
        .getReady();
  }

  private static ModelConfigResponse config(String model) {
    return server
        .call(
            "ModelConfig",
            ModelConfigRequest.newBuilder().setName(model).build(),
            ModelConfigResponse.parser())
        .answer();
  }

  @Test
  void theConfigurationIsWhatPerfToolsRead() {
    ModelConfigResponse config = config("m");

    assertThat(config.getConfig().getMaxBatchSize()).isEqualTo(8);
    assertThat(config.getConfig().getInput(0).getDimsList()).containsExactly(2L);
    assertThat(config.getConfig().hasDynamicBatching()).isTrue();
    assertThat(config("counter").getConfig().hasSequenceBatching()).isTrue();
  }

  @Test
  void statisticsAreCounted() {
    ModelStatisticsResponse statistics =
        server
            .call(
                "ModelStatistics",
                ModelStatisticsRequest.newBuilder().setName("m").build(),
                ModelStatisticsResponse.parser())
            .answer();

    assertThat(statistics.getModelStats(0).getInferenceCount()).isEqualTo(3);
    assertThat(statistics.getModelStats(0).getBatchStats(0).getBatchSize()).isEqualTo(2);
  }

  @Test
  void theRepositoryIsListed() {
    RepositoryIndexResponse all =
        server
            .call(
                "RepositoryIndex",
                RepositoryIndexRequest.getDefaultInstance(),
                RepositoryIndexResponse.parser())
            .answer();
    RepositoryIndexResponse ready =
        server
            .call(
                "RepositoryIndex",
                RepositoryIndexRequest.newBuilder().setReady(true).build(),
                RepositoryIndexResponse.parser())
            .answer();

    assertThat(all.getModelsList()).anyMatch(model -> model.getState().equals("UNAVAILABLE"));
    assertThat(ready.getModelsList()).allMatch(model -> model.getState().equals("READY"));
  }

  @Test
  void loadingIsRefusedWhereItIsNotAllowed() {
    Outcome<RepositoryModelLoadResponse> outcome =
        server.call(
            "RepositoryModelLoad",
            RepositoryModelLoadRequest.newBuilder().setModelName("m").build(),
            RepositoryModelLoadResponse.parser());

    assertThat(outcome.status()).isEqualTo(GrpcStatus.UNAVAILABLE);
    assertThat(outcome.message()).startsWith("explicit model load / unload is not allowed");
  }

  @Test
  void typedContentsAreAnsweredRaw() {
    ModelInferResponse answer =
        infer(
                request("m")
                    .addInputs(
                        input("x", "FP32", 1, 2)
                            .setContents(
                                InferTensorContents.newBuilder()
                                    .addFp32Contents(1.5f)
                                    .addFp32Contents(2)))
                    .build())
            .answer();

    assertThat(answer.getOutputs(0).hasContents()).isFalse();
    assertThat(answer.getRawOutputContents(0)).isEqualTo(floats(1.5f, 2));
    assertThat(answer.getParametersOrThrow("brink_route").getStringParam()).isEqualTo("edge");
  }

  @Test
  void anImageGoesBothWays() {
    float[] image = new float[3 * 224 * 224];
    for (int i = 0; i < image.length; i++) {
      image[i] = i / 7f;
    }

    ModelInferResponse answer =
        infer(
                request("m")
                    .addInputs(input("x", "FP32", 1, 3, 224, 224))
                    .addRawInputContents(floats(image))
                    .build())
            .answer();

    assertThat(answer.getRawOutputContents(0)).isEqualTo(floats(image));
  }

  @Test
  void aMessageAboveTheLimitIsRefusedAndTheNextOneServed() {
    try (GrpcUnderTest small =
        GrpcUnderTest.start(
            SERVICE,
            TestModels.catalog(),
            dev.brink.oip.rules.OipSettings.defaults("test").withMaxMessage(1000))) {
      Outcome<ModelInferResponse> outcome =
          small.call(
              "ModelInfer",
              request("m")
                  .addInputs(input("x", "FP32", 1, 400))
                  .addRawInputContents(floats(new float[400]))
                  .build(),
              ModelInferResponse.parser());
      Outcome<ServerLiveResponse> next =
          small.call(
              "ServerLive", ServerLiveRequest.getDefaultInstance(), ServerLiveResponse.parser());

      assertThat(outcome.status()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
      assertThat(outcome.message()).contains("exceeds the maximum allowed size of 1000 bytes");
      assertThat(next.answer().getLive()).isTrue();
    }
  }

  @Test
  void onlyTheWantedOutputsComeBack() {
    ModelInferResponse answer =
        infer(
                request("m")
                    .addInputs(input("x", "FP32", 1))
                    .addInputs(input("y", "FP32", 1))
                    .addRawInputContents(floats(1))
                    .addRawInputContents(floats(2))
                    .addOutputs(InferRequestedOutputTensor.newBuilder().setName("y"))
                    .build())
            .answer();

    assertThat(answer.getOutputsList()).hasSize(1);
    assertThat(answer.getOutputs(0).getName()).isEqualTo("y");
  }

  @Test
  void theSameInputOrOutputTwiceIsRefused() {
    assertThat(
            infer(
                    request("m")
                        .addInputs(input("x", "FP32", 0))
                        .addInputs(input("x", "FP32", 0))
                        .build())
                .message())
        .isEqualTo("input 'x' already exists in request");
    assertThat(
            infer(
                    request("m")
                        .addOutputs(InferRequestedOutputTensor.newBuilder().setName("y"))
                        .addOutputs(InferRequestedOutputTensor.newBuilder().setName("y"))
                        .build())
                .message())
        .isEqualTo("output 'y' already exists in request");
  }

  @Test
  void aReservedParameterIsRefused() {
    Outcome<ModelInferResponse> outcome =
        infer(
            request("m")
                .putParameters("triton_x", InferParameter.newBuilder().setBoolParam(true).build())
                .build());

    assertThat(outcome.status()).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
    assertThat(outcome.message()).contains("reserved for Triton usage");
  }

  @Test
  void parametersOfTheWrongKindAreRefused() {
    for (String name : List.of("sequence_start", "priority", "timeout")) {
      assertThat(
              infer(
                      request("m")
                          .putParameters(
                              name, InferParameter.newBuilder().setStringParam("x").build())
                          .build())
                  .message())
          .startsWith("invalid value type for '" + name + "' parameter, expected");
    }
  }

  @Test
  void customParametersReachTheService() {
    infer(
        request("m")
            .putParameters("s", InferParameter.newBuilder().setStringParam("a").build())
            .putParameters("i", InferParameter.newBuilder().setInt64Param(1).build())
            .putParameters("u", InferParameter.newBuilder().setUint64Param(2).build())
            .putParameters("h", InferParameter.newBuilder().setUint64Param(-1).build())
            .putParameters("d", InferParameter.newBuilder().setDoubleParam(0.5).build())
            .putParameters("b", InferParameter.newBuilder().setBoolParam(true).build())
            .build());

    assertThat(SERVICE.last().parameters().asMap())
        .isEqualTo(
            Map.of(
                "s",
                "a",
                "i",
                1L,
                "u",
                2L,
                "h",
                new BigInteger("18446744073709551615"),
                "d",
                0.5,
                "b",
                true));
  }

  @Test
  void theHighestClassesAreGivenWhereWanted() {
    ModelInferResponse answer =
        infer(
                request("m")
                    .addInputs(input("x", "FP32", 1, 4))
                    .addRawInputContents(floats(0.25f, 1, -3, 0.5f))
                    .addOutputs(
                        InferRequestedOutputTensor.newBuilder()
                            .setName("x")
                            .putParameters(
                                "classification",
                                InferParameter.newBuilder().setInt64Param(2).build()))
                    .build())
            .answer();

    assertThat(answer.getOutputs(0).getDatatype()).isEqualTo("BYTES");
    assertThat(answer.getOutputs(0).getShapeList()).containsExactly(1L, 2L);
    assertThat(answer.getRawOutputContents(0).toStringUtf8()).contains("1.000000:1", "0.500000:3");
    assertThat(SERVICE.last().outputs().getFirst().classification()).isZero();
  }

  @Test
  void aStreamAnswersInOrderAndSurvivesABadRequest() {
    ModelInferRequest good =
        request("m")
            .setId("a")
            .addInputs(input("x", "FP32", 1))
            .addRawInputContents(floats(1))
            .build();
    ModelInferRequest bad = request("m").setId("b").addInputs(input("x", "FP99", 1)).build();

    Outcome<ModelStreamInferResponse> outcome =
        server.call(
            "ModelStreamInfer",
            Map.of(),
            List.of(good, bad, good.toBuilder().setId("c").build()),
            ModelStreamInferResponse.parser());

    assertThat(outcome.status()).isEqualTo(GrpcStatus.OK);
    assertThat(outcome.answers()).hasSize(3);
    assertThat(outcome.answers().get(0).getInferResponse().getId()).isEqualTo("a");
    assertThat(outcome.answers().get(1).getErrorMessage()).contains("invalid datatype");
    assertThat(outcome.answers().get(2).getInferResponse().getId()).isEqualTo("c");
  }

  @Test
  void aStreamHoldsNothingOfRequestsThatAreAnswered() {
    // Given a stream of which 200 requests are answered and one is not
    List<Cancellation> answered = new CopyOnWriteArrayList<>();
    Promise<Void> asked = Promise.promise();
    Promise<Void> cancelled = Promise.promise();
    FakeInferenceService silent = waiting(asked, cancelled);
    EchoService echo = new EchoService();
    InferenceService service =
        request -> {
          if (request.id().equals("last")) {
            return silent.infer(request);
          }
          answered.add(request.context().cancellation());
          return echo.infer(request);
        };
    try (GrpcUnderTest slow = GrpcUnderTest.start(service, TestModels.catalog())) {
      var call =
          GrpcUnderTest.await(
              slow.<ModelInferRequest, ModelStreamInferResponse>open(
                  "ModelStreamInfer", ModelStreamInferResponse.parser()));
      for (int i = 0; i < 200; i++) {
        call.write(request("m").build());
      }
      call.write(request("m").setId("last").build());
      GrpcUnderTest.await(asked.future());

      // When the caller goes
      call.connection().close();
      GrpcUnderTest.await(cancelled.future());

      // Then only the one under way was told
      assertThat(answered).hasSize(200).noneMatch(Cancellation::isCancelled);
    }
  }

  @Test
  void aStreamOfManyRequestsIsAnsweredInOrder() {
    List<ModelInferRequest> requests =
        java.util.stream.IntStream.range(0, 200)
            .mapToObj(i -> request("m").setId("r" + i).build())
            .toList();

    Outcome<ModelStreamInferResponse> outcome =
        server.call("ModelStreamInfer", Map.of(), requests, ModelStreamInferResponse.parser());

    assertThat(outcome.answers())
        .extracting(answer -> answer.getInferResponse().getId())
        .containsExactlyElementsOf(requests.stream().map(ModelInferRequest::getId).toList());
  }

  @Test
  void aStreamEndsWithTheErrorWhereTheCallerWantsThat() {
    Outcome<ModelStreamInferResponse> outcome =
        server.call(
            "ModelStreamInfer",
            Map.of("triton_grpc_error", "true"),
            List.of(request("m").addInputs(input("x", "FP99", 1)).build()),
            ModelStreamInferResponse.parser());

    assertThat(outcome.status()).isEqualTo(GrpcStatus.INVALID_ARGUMENT);
  }

  @Test
  void theFinalAnswerIsMarkedWhereWanted() {
    Outcome<ModelStreamInferResponse> outcome =
        server.call(
            "ModelStreamInfer",
            Map.of(),
            List.of(
                request("m")
                    .putParameters(
                        "triton_enable_empty_final_response",
                        InferParameter.newBuilder().setBoolParam(true).build())
                    .build()),
            ModelStreamInferResponse.parser());

    assertThat(
            outcome
                .answers()
                .getFirst()
                .getInferResponse()
                .getParametersOrThrow("triton_final_response")
                .getBoolParam())
        .isTrue();
  }

  @Test
  void healthIsServed() {
    HealthCheckResponse health =
        server
            .callService(
                "grpc.health.v1.Health",
                "Check",
                HealthCheckRequest.getDefaultInstance(),
                HealthCheckResponse.parser())
            .answer();

    assertThat(health.getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
  }

  @Test
  void moreConnectionsThanAllowedAreClosed() throws IOException {
    OipSettings settings = OipSettings.defaults("test").withMaxConnections(1);
    byte[] preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0".getBytes(UTF_8);
    try (GrpcUnderTest small = GrpcUnderTest.start(SERVICE, TestModels.catalog(), settings);
        Socket first = new Socket("127.0.0.1", small.port())) {
      first.getOutputStream().write(preface);
      assertThat(first.getInputStream().read()).isNotNegative();

      assertThat(isClosed(small.port(), preface)).isTrue();
    }
  }

  private static boolean isClosed(int port, byte[] preface) throws IOException {
    try (Socket socket = new Socket("127.0.0.1", port)) {
      socket.setSoTimeout(20_000);
      socket.getOutputStream().write(preface);
      socket.getInputStream().readAllBytes();
      return true;
    } catch (SocketException reset) {
      return true;
    } catch (SocketTimeoutException open) {
      return false;
    }
  }

  @Test
  void whatIsNotKnownOfAMessageIsDropped() {
    UnknownFieldSet.Field many = UnknownFieldSet.Field.newBuilder().addVarint(1).build();
    ModelInferRequest request =
        request("m")
            .setUnknownFields(UnknownFieldSet.newBuilder().addField(1000, many).build())
            .build();

    assertThat(infer(request).answer().getModelName()).isEqualTo("m");
  }

  @Test
  void aMessageWithoutTensorsIsRefusedWhereNoneCouldBeSoLarge() {
    Outcome<ModelMetadataResponse> outcome =
        server.call(
            "ModelMetadata",
            ModelMetadataRequest.newBuilder().setName("x".repeat(2 << 20)).build(),
            ModelMetadataResponse.parser());

    assertThat(outcome.status()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
    assertThat(outcome.message()).contains("1048576 bytes");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"})
  void theServicesAreListedByReflection(String reflection) {
    ServerReflectionResponse services =
        server
            .callService(
                reflection,
                "ServerReflectionInfo",
                ServerReflectionRequest.newBuilder().setListServices("").build(),
                ServerReflectionResponse.parser())
            .answer();

    assertThat(services.getListServicesResponse().getServiceList())
        .extracting(service -> service.getName())
        .contains("inference.GRPCInferenceService", "grpc.health.v1.Health");
  }

  @Test
  void theDeadlineOfTheCallIsPassedOnAndKept() {
    FakeInferenceService silent =
        FakeInferenceService.behaving(request -> Promise.<InferenceResult>promise().future());
    try (GrpcUnderTest slow = GrpcUnderTest.start(silent, TestModels.catalog())) {
      Outcome<ModelInferResponse> outcome =
          slow.call(
              "ModelInfer",
              Map.of("grpc-timeout", "50m"),
              List.of(request("m").build()),
              ModelInferResponse.parser());

      assertThat(outcome.status()).isEqualTo(GrpcStatus.DEADLINE_EXCEEDED);
      InferenceRequest asked = silent.requests().getFirst();
      assertThat(asked.context().cancellation().isCancelled()).isTrue();
      assertThat(asked.context().deadline().remainingNanos(System.nanoTime()))
          .isLessThan(Duration.ofMillis(50).toNanos());
    }
  }

  @Test
  void aCancelledCallCancelsItsRequest() {
    Promise<Void> asked = Promise.promise();
    Promise<Void> cancelled = Promise.promise();
    FakeInferenceService silent = waiting(asked, cancelled);
    try (GrpcUnderTest slow = GrpcUnderTest.start(silent, TestModels.catalog())) {
      var call =
          GrpcUnderTest.await(
              slow.<ModelInferRequest, ModelInferResponse>open(
                  "ModelInfer", ModelInferResponse.parser()));
      call.end(request("m").build());
      GrpcUnderTest.await(asked.future());

      call.cancel();

      GrpcUnderTest.await(cancelled.future());
    }
  }

  @Test
  void aLostConnectionCancelsItsRequests() {
    Promise<Void> asked = Promise.promise();
    Promise<Void> cancelled = Promise.promise();
    FakeInferenceService silent = waiting(asked, cancelled);
    try (GrpcUnderTest slow = GrpcUnderTest.start(silent, TestModels.catalog())) {
      var call =
          GrpcUnderTest.await(
              slow.<ModelInferRequest, ModelInferResponse>open(
                  "ModelInfer", ModelInferResponse.parser()));
      call.end(request("m").build());
      GrpcUnderTest.await(asked.future());

      call.connection().close();

      GrpcUnderTest.await(cancelled.future());
    }
  }

  private static FakeInferenceService waiting(Promise<Void> asked, Promise<Void> cancelled) {
    return FakeInferenceService.behaving(
        request -> {
          request.context().cancellation().onCancel(cancelled::tryComplete);
          asked.tryComplete();
          return Promise.<InferenceResult>promise().future();
        });
  }

  @Test
  void errorsSayWhenToTryAgainAndWhatTheyAre() {
    FakeInferenceService full =
        FakeInferenceService.failing(
            new InferenceError.Overloaded("queue is full", Duration.ofMillis(250)));
    try (GrpcUnderTest busy = GrpcUnderTest.start(full, TestModels.catalog())) {
      Outcome<ModelInferResponse> outcome =
          busy.call("ModelInfer", request("m").build(), ModelInferResponse.parser());

      assertThat(outcome.status()).isEqualTo(GrpcStatus.RESOURCE_EXHAUSTED);
      assertThat(outcome.message()).isEqualTo("queue is full");
      assertThat(outcome.trailers().get("brink-error")).isEqualTo("Overloaded");
      assertThat(outcome.trailers().get("grpc-retry-pushback-ms")).isEqualTo("250");
    }
  }

  @Test
  void aMessageIsEscapedNoMoreThanItMustBe() {
    assertThat(GrpcErrors.escaped("a: b, 100%; é\n")).isEqualTo("a: b, 100%25; %C3%A9%0A");
  }

  private static Outcome<ModelInferResponse> infer(ModelInferRequest request) {
    return server.call("ModelInfer", request, ModelInferResponse.parser());
  }

  private static ModelInferRequest.Builder request(String model) {
    return ModelInferRequest.newBuilder().setModelName(model);
  }

  private static InferInputTensor.Builder input(String name, String type, long... shape) {
    InferInputTensor.Builder input = InferInputTensor.newBuilder().setName(name).setDatatype(type);
    for (long dimension : shape) {
      input.addShape(dimension);
    }
    return input;
  }

  private static ByteString floats(float... values) {
    ByteBuffer raw = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    raw.asFloatBuffer().put(values);
    return ByteString.copyFrom(raw);
  }
}
