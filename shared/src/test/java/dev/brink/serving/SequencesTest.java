package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brink.inference.DataType;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.Parameters;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.model.ModelSettings;
import dev.brink.model.SequenceSettings;
import dev.brink.resilience.ManualTicker;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequencesTest {

  private static final Path SILERO = Path.of("..", "..", "shared", "models", "silero_vad");

  @TempDir private Path root;

  /** {@code total = x + before}, and {@code after = total} for the next request. */
  private HostFixture counting() throws IOException {
    OnnxFile.model()
        .node("Add", "total", "x", "before")
        .node("Identity", "after", "total")
        .input("x", OnnxFile.FLOAT, -1, 1)
        .input("before", OnnxFile.FLOAT, -1, 1)
        .output("total", OnnxFile.FLOAT, -1, 1)
        .output("after", OnnxFile.FLOAT, -1, 1)
        .in(root, "count", 1);
    Files.writeString(root.resolve("count/model.yaml"), "sequence: { state: { before: after } }");
    return new HostFixture(root);
  }

  private static InferenceRequest step(float x, Map<String, Object> parameters) {
    return HostFixture.request("count", Tensor.ofFloats("x", Shape.of(1, 1), x))
        .withParameters(Parameters.of(parameters));
  }

  private static float total(InferenceResponse response) {
    assertThat(response.outputs()).extracting(Tensor::name).containsExactly("total");
    return response.outputs().get(0).toFloats()[0];
  }

  @Test
  void eachSequenceGoesOnWhereItsOwnLastRequestEnded() throws IOException {
    try (HostFixture node = counting()) {
      node.answer(step(1, Map.of("sequence_id", 7, "sequence_start", true)));
      node.answer(step(10, Map.of("sequence_id", "seven", "sequence_start", true)));

      assertThat(total(node.answer(step(2, Map.of("sequence_id", 7))))).isEqualTo(3);
      assertThat(total(node.answer(step(20, Map.of("sequence_id", "seven"))))).isEqualTo(30);

      BigInteger high = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
      node.answer(step(5, Map.of("sequence_id", high, "sequence_start", true)));
      assertThat(total(node.answer(step(6, Map.of("sequence_id", high))))).isEqualTo(11);
    }
  }

  @Test
  void requestsOfOneSequenceSentAtOnceRunInOrder() throws IOException {
    try (HostFixture node = counting()) {
      List<Future<InferenceResult>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        InferenceRequest request = step(1, Map.of("sequence_id", 7, "sequence_start", i == 0));
        answers.add(node.host().inference().infer(request));
      }

      for (int i = 0; i < 20; i++) {
        assertThat(total((InferenceResponse) HostFixture.await(answers.get(i)))).isEqualTo(i + 1);
      }
    }
  }

  @Test
  void stateIsNothingThatCallersSee() throws IOException {
    try (HostFixture node = counting()) {
      assertThat(node.host().describe("count", "").inputs()).hasSize(1);
      assertThat(node.host().describe("count", "").outputs()).hasSize(1);
    }
  }

  @Test
  void aSequenceMustBeStartedAndEnds() throws IOException {
    try (HostFixture node = counting()) {
      InferenceError notStarted =
          new InferenceError.InvalidRequest(
              "inference request for sequence 7 to model 'count' must specify the START flag on the"
                  + " first request of the sequence");
      assertThat(node.refusal(step(1, Map.of("sequence_id", 7)))).isEqualTo(notStarted);

      node.answer(step(1, Map.of("sequence_id", 7, "sequence_start", true)));
      node.answer(step(1, Map.of("sequence_id", 7, "sequence_end", true)));

      assertThat(node.refusal(step(1, Map.of("sequence_id", 7)))).isEqualTo(notStarted);
    }
  }

  @Test
  void requestsMustNameTheirSequenceAndBeSingle() throws IOException {
    try (HostFixture node = counting()) {
      assertThat(node.refusal(step(1, Map.of())).message())
          .contains("must specify a non-zero or non-empty correlation ID");
      InferenceRequest two =
          HostFixture.request("count", Tensor.ofFloats("x", Shape.of(2, 1), 1, 2))
              .withParameters(Parameters.of(Map.of("sequence_id", 7, "sequence_start", true)));
      assertThat(node.refusal(two).message()).contains("must specify batch-size 1");
    }
  }

  @Test
  void sequencesAreBoundedAndForgottenWhenIdle() throws ModelLoadException {
    ManualTicker ticker = new ManualTicker();
    Sequences sequences = sequences(ticker, 2, Duration.ofSeconds(5));
    start(sequences, 1);
    start(sequences, 2);

    assertThat(refusal(sequences, 3)).isInstanceOf(InferenceError.Overloaded.class);
    ticker.advance(Duration.ofSeconds(6));
    start(sequences, 3);

    assertThat(sequences.size()).isEqualTo(1);
  }

  private static Sequences sequences(ManualTicker ticker, int max, Duration idle)
      throws ModelLoadException {
    Signature whole =
        Signature.of(List.of(spec("x"), spec("before")), List.of(spec("total"), spec("after")));
    SequenceSignature signature = SequenceSignature.of(whole, Map.of("before", "after"));
    RequestCheck check =
        new RequestCheck("count", signature.visible(), 1, ModelSettings.DEFAULT.input());
    SequenceSettings settings = new SequenceSettings(Map.of("before", "after"), max, idle);
    return new Sequences("count", settings, signature, check, ticker);
  }

  private static dev.brink.inference.TensorSpec spec(String name) {
    return new dev.brink.inference.TensorSpec(name, DataType.FP32, Shape.of(-1, 1));
  }

  private static void start(Sequences sequences, int id) {
    sequences.infer(
        step(1, Map.of("sequence_id", id, "sequence_start", true)),
        request ->
            Future.succeededFuture(
                new InferenceResponse("count", "1", "", Parameters.none(), List.of(), null)));
  }

  private static InferenceError refusal(Sequences sequences, int id) {
    try {
      start(sequences, id);
    } catch (dev.brink.inference.InferenceException refused) {
      return refused.error();
    }
    throw new AssertionError("was taken");
  }

  @Test
  void aVoiceDetectorHearsTheWholeRecording() throws IOException {
    assumeTrue(Files.exists(SILERO.resolve("chain_probs.json")));
    Files.createDirectories(root.resolve("vad/1"));
    Files.copy(SILERO.resolve("model.onnx"), root.resolve("vad/1/model.onnx"));
    Files.writeString(
        root.resolve("vad/model.yaml"),
        "{ sequence: { state: { state: stateN } }, runtime: { sample-shapes: { input: '1,576' } }"
            + " }");
    ByteBuffer sound =
        ByteBuffer.wrap(Files.readAllBytes(SILERO.resolve("chain_16k_f32.bin")))
            .order(ByteOrder.LITTLE_ENDIAN);
    JsonArray expected = new JsonArray(Files.readString(SILERO.resolve("chain_probs.json")));
    try (HostFixture node = new HostFixture(root)) {
      float[] window = new float[576];
      for (int i = 0; i < 40; i++) {
        System.arraycopy(window, 512, window, 0, 64);
        for (int j = 0; j < 512; j++) {
          window[64 + j] = sound.getFloat();
        }
        InferenceResponse response = node.answer(sound(window, i == 0));
        assertThat(response.output("output").orElseThrow().toFloats()[0])
            .isCloseTo(expected.getFloat(i), within(1e-4f));
      }
    }
  }

  private static InferenceRequest sound(float[] window, boolean start) {
    Tensor rate =
        Tensor.of(
            "sr",
            DataType.INT64,
            Shape.of(),
            ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 16_000));
    return HostFixture.request("vad", Tensor.ofFloats("input", Shape.of(1, 576), window), rate)
        .withParameters(Parameters.of(Map.of("sequence_id", 5, "sequence_start", start)));
  }
}
