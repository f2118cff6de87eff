package dev.brink.oip.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.brink.inference.DataType;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.Reason;
import dev.brink.inference.RequestContext;
import dev.brink.inference.RequestedOutput;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.Timings;
import dev.brink.oip.proto.InferTensorContents;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferRequest.InferInputTensor;
import dev.brink.oip.proto.ModelInferResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WireTest {

  private static final RequestContext CONTEXT = RequestContext.until(new Deadline(1));

  @Test
  void aRequestSurvivesTheMessage() throws Exception {
    InferenceRequest request =
        new InferenceRequest(
            "m",
            "3",
            "id-1",
            Parameters.of(Map.of("s", "text", "i", 7L, "d", 0.5, "b", true)),
            List.of(
                Tensor.ofFloats("x", Shape.of(1, 2), 1.5f, Float.NaN),
                Tensor.ofStrings("t", Shape.of(2), List.of("", "é"))),
            List.of(RequestedOutput.of("y"), new RequestedOutput("z", 3)),
            CONTEXT);

    InferenceRequest copy =
        WireRequests.toRequest(
            ModelInferRequest.parseFrom(WireRequests.toMessage(request).toByteArray()), CONTEXT);

    assertThat(copy.modelName()).isEqualTo("m");
    assertThat(copy.modelVersion()).isEqualTo("3");
    assertThat(copy.id()).isEqualTo("id-1");
    assertThat(copy.parameters()).isEqualTo(request.parameters());
    assertThat(copy.outputs()).isEqualTo(request.outputs());
    assertThat(copy.inputs()).hasSize(2);
    assertThat(copy.inputs().get(0).data()).isEqualTo(request.inputs().get(0).data());
    assertThat(copy.inputs().get(1).toStrings()).containsExactly("", "é");
  }

  @Test
  void theContextsPriorityTravels() {
    InferenceRequest request =
        new InferenceRequest(
            "m", "", "", Parameters.none(), List.of(), List.of(), CONTEXT.withPriority(2));

    assertThat(
            WireRequests.toRequest(WireRequests.toMessage(request), CONTEXT)
                .parameters()
                .unsigned("priority"))
        .contains(2L);
  }

  @Test
  void anAnswerAndItsProvenanceSurviveTheMessage() throws Exception {
    Provenance provenance =
        new Provenance(
            Route.EDGE,
            Reason.UNKNOWN_MODEL,
            true,
            0.25,
            0.5,
            "edge-1",
            new Timings(1, 2, 3, 4),
            "job-9",
            "{}");
    InferenceResponse response =
        new InferenceResponse(
            "m",
            "1",
            "id",
            Parameters.of(Map.of("custom", 1L)),
            List.of(Tensor.ofFloats("y", Shape.of(), 2f)),
            provenance);

    InferenceResponse copy =
        WireResponses.toResponse(
            ModelInferResponse.parseFrom(WireResponses.toMessage(response).toByteArray()));

    assertThat(copy.provenance()).isEqualTo(provenance);
    assertThat(copy.parameters()).isEqualTo(response.parameters());
    assertThat(copy.outputs().get(0).toFloats()).containsExactly(2f);
    assertThat(copy.outputs().get(0).shape()).isEqualTo(Shape.of());
  }

  @Test
  void anAnswerOfAServerThatSaysNothingOfItselfCountsAsTheClouds() {
    Provenance provenance =
        WireResponses.toResponse(ModelInferResponse.newBuilder().setModelName("m").build())
            .provenance();

    assertThat(provenance.route()).isEqualTo(Route.CLOUD);
    assertThat(provenance.confidence()).isNaN();
  }

  @Test
  void typedContentsBecomeRaw() {
    InferTensorContents contents =
        InferTensorContents.newBuilder().addIntContents(-1).addIntContents(127).build();

    Tensor tensor = decode(input("x", "INT8", 2).setContents(contents)).inputs().get(0);

    assertThat(tensor.dataType()).isEqualTo(DataType.INT8);
    assertThat(tensor.data()).isEqualTo(ByteBuffer.wrap(new byte[] {-1, 127}));
  }

  @Test
  void typedStringsBecomeRaw() {
    InferTensorContents contents =
        InferTensorContents.newBuilder().addBytesContents(ByteString.copyFromUtf8("ab")).build();

    assertThat(decode(input("x", "BYTES", 1).setContents(contents)).inputs().get(0).toStrings())
        .containsExactly("ab");
  }

  @Test
  void aZeroSizedInputNeedsNoContents() {
    assertThat(decode(input("x", "FP32", 0, 4)).inputs().get(0).byteSize()).isZero();
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    InferTensorContents contents = InferTensorContents.newBuilder().addUintContents(300).build();

    assertThatThrownBy(() -> decode(input("x", "UINT8", 1).setContents(contents)))
        .hasMessageContaining("300")
        .hasMessageContaining("UINT8");
  }

  @Test
  void contentsOfAnotherTypeAreRefused() {
    InferTensorContents contents = InferTensorContents.newBuilder().addInt64Contents(3).build();

    assertThatThrownBy(() -> decode(input("x", "FP32", 1).setContents(contents)))
        .hasMessageContaining("unexpected explicit tensor data")
        .hasMessageContaining("of type 'INT64', expected datatype 'FP32'");
  }

  @Test
  void twoKindsOfContentsAreRefused() {
    InferTensorContents contents =
        InferTensorContents.newBuilder().addInt64Contents(3).addFp32Contents(1).build();

    assertThatThrownBy(() -> decode(input("x", "FP32", 1).setContents(contents)))
        .hasMessageContaining("binary data was already supplied.");
  }

  @Test
  void missingContentsAreRefused() {
    assertThatThrownBy(() -> decode(input("x", "FP32", 1)))
        .hasMessage("unable to find data for input tensor 'x' for model 'm' in request.");
  }

  @Test
  void contentsBesideRawContentsAreRefused() {
    ModelInferRequest message =
        ModelInferRequest.newBuilder()
            .setModelName("m")
            .addInputs(
                input("x", "FP32", 1)
                    .setContents(InferTensorContents.newBuilder().addFp32Contents(1)))
            .addRawInputContents(ByteString.copyFrom(new byte[4]))
            .build();

    assertThatThrownBy(() -> WireRequests.toRequest(message, CONTEXT))
        .hasMessage(
            "contents field must not be specified when using raw_input_contents for 'x' for model"
                + " 'm'");
  }

  @Test
  void surplusRawContentsAreRefused() {
    ModelInferRequest message =
        ModelInferRequest.newBuilder()
            .addInputs(input("x", "FP32", 1))
            .addRawInputContents(ByteString.copyFrom(new byte[4]))
            .addRawInputContents(ByteString.copyFrom(new byte[4]))
            .build();

    assertThatThrownBy(() -> WireRequests.toRequest(message, CONTEXT))
        .hasMessageContaining("2 entries (expected: 1");
  }

  @Test
  void rawContentsOfAnotherSizeAreRefused() {
    ModelInferRequest message =
        ModelInferRequest.newBuilder()
            .setModelName("m")
            .addInputs(input("x", "FP32", 1, 8))
            .addRawInputContents(ByteString.copyFrom(new byte[40]))
            .build();

    assertThatThrownBy(() -> WireRequests.toRequest(message, CONTEXT))
        .hasMessage("input byte size mismatch for input 'x' for model 'm'. Expected 32, got 40");
  }

  @Test
  void sharedMemoryIsNotSupported() {
    assertThatThrownBy(
            () ->
                decode(
                    input("x", "FP32", 1)
                        .putParameters("shared_memory_region", WireParameters.toMessage("r"))))
        .hasMessageContaining("shared memory is not supported");
  }

  static Stream<InferenceError> errors() {
    return Stream.of(
        new InferenceError.InvalidRequest("a"),
        new InferenceError.Unauthenticated("b"),
        new InferenceError.Forbidden("c"),
        new InferenceError.UnknownModel("d"),
        new InferenceError.NotFound("e"),
        new InferenceError.Conflict("f"),
        new InferenceError.TooLarge("g"),
        new InferenceError.Unsupported("h"),
        new InferenceError.Overloaded("i", Duration.ofMillis(1500)),
        new InferenceError.Unavailable("j", Duration.ofSeconds(2)),
        new InferenceError.DeadlineExceeded("k"),
        new InferenceError.Cancelled("l"),
        new InferenceError.StorageFull("m"),
        new InferenceError.Internal("n"));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void anErrorSurvives(InferenceError error) {
    assertThat(WireError.of(error).toError()).isEqualTo(error);
  }

  @Test
  void everyKindOfErrorIsTried() {
    assertThat(errors().map(Object::getClass).toList())
        .hasSameElementsAs(List.of(InferenceError.class.getPermittedSubclasses()));
  }

  private static InferInputTensor.Builder input(String name, String type, long... shape) {
    InferInputTensor.Builder input = InferInputTensor.newBuilder().setName(name).setDatatype(type);
    for (long dimension : shape) {
      input.addShape(dimension);
    }
    return input;
  }

  private static InferenceRequest decode(InferInputTensor.Builder input) {
    return WireRequests.toRequest(
        ModelInferRequest.newBuilder().setModelName("m").addInputs(input).build(), CONTEXT);
  }
}
