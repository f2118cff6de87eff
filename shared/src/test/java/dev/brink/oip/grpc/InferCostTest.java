package dev.brink.oip.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.brink.oip.proto.InferTensorContents;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferRequest.InferInputTensor;
import dev.brink.oip.proto.ModelInferRequest.InferRequestedOutputTensor;
import dev.brink.oip.proto.ModelRepositoryParameter;
import dev.brink.oip.proto.RepositoryModelLoadRequest;
import java.io.IOException;
import java.util.Collections;
import org.junit.jupiter.api.Test;

class InferCostTest {

  private static final int MANY = 10_000;

  @Test
  void rawContentsCostNextToNothingAndTypedOnesTwoCopies() throws IOException {
    ModelInferRequest raw =
        ModelInferRequest.newBuilder()
            .setModelName("m")
            .addInputs(InferInputTensor.newBuilder().setName("x").addShape(MANY))
            .addRawInputContents(ByteString.copyFrom(new byte[MANY]))
            .build();
    InferTensorContents floats =
        InferTensorContents.newBuilder().addAllFp32Contents(Collections.nCopies(MANY, 1f)).build();

    assertThat(cost(raw)).isLessThan(2000);
    assertThat(cost(of(floats))).isBetween(8L * MANY, 8L * MANY + 2000);
  }

  @Test
  void smallWholeNumbersCostWhatTheyBecome() throws IOException {
    assertThat(
            cost(
                of(
                    InferTensorContents.newBuilder()
                        .addAllInt64Contents(Collections.nCopies(MANY, 1L))
                        .build())))
        .isGreaterThan(8 * MANY);
    assertThat(
            cost(
                of(
                    InferTensorContents.newBuilder()
                        .addAllUintContents(Collections.nCopies(MANY, 1))
                        .build())))
        .isGreaterThan(4 * MANY);
    assertThat(
            cost(
                ModelInferRequest.newBuilder()
                    .addInputs(
                        InferInputTensor.newBuilder().addAllShape(Collections.nCopies(MANY, 1L)))
                    .build()))
        .isGreaterThan(8 * MANY);
  }

  @Test
  void everyObjectCosts() throws IOException {
    ModelInferRequest.Builder inputs = ModelInferRequest.newBuilder();
    ModelInferRequest.Builder outputs = ModelInferRequest.newBuilder();
    for (int i = 0; i < MANY; i++) {
      inputs.addInputs(InferInputTensor.getDefaultInstance());
      outputs.addOutputs(InferRequestedOutputTensor.getDefaultInstance());
    }

    assertThat(cost(inputs.build())).isGreaterThan(100 * MANY);
    assertThat(cost(outputs.build())).isGreaterThan(100 * MANY);
  }

  @Test
  void longTextsCostTheirLength() throws IOException {
    ModelInferRequest named = ModelInferRequest.newBuilder().setId("x".repeat(MANY)).build();
    InferTensorContents texts =
        InferTensorContents.newBuilder()
            .addBytesContents(ByteString.copyFrom(new byte[MANY]))
            .build();

    assertThat(cost(named)).isGreaterThan(2 * MANY);
    assertThat(cost(of(texts))).isGreaterThan(2 * MANY);
  }

  @Test
  void aFileToLoadCostsItsCopyAndItsEntry() throws IOException {
    RepositoryModelLoadRequest.Builder load = RepositoryModelLoadRequest.newBuilder();
    for (int i = 0; i < 100; i++) {
      load.putParameters(
          "file:1/" + i,
          ModelRepositoryParameter.newBuilder()
              .setBytesParam(ByteString.copyFrom(new byte[MANY]))
              .build());
    }
    byte[] text = load.build().toByteArray();

    assertThat(LoadCost.of(text, text.length)).isGreaterThan(100 * (MANY + 256));
  }

  @Test
  void aMessageThatIsNoneIsRefused() {
    byte[] cutShort = {0x2a, 0x10, 0x1a, 0x7f};

    assertThatThrownBy(() -> InferCost.of(cutShort, cutShort.length))
        .isInstanceOf(InvalidProtocolBufferException.class);
  }

  private static ModelInferRequest of(InferTensorContents contents) {
    return ModelInferRequest.newBuilder()
        .addInputs(InferInputTensor.newBuilder().setName("x").setContents(contents))
        .build();
  }

  private static long cost(ModelInferRequest request) throws IOException {
    byte[] text = request.toByteArray();
    return InferCost.of(text, text.length);
  }
}
