package dev.brink.serving;

import static dev.brink.serving.HostFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shipped int8 edge model answers a sentence the same way whatever is in its run. */
class IntentParityTest {

  private static final List<String> SENTENCES =
      List.of(
          "what is my balance",
          "transfer ten dollars to savings",
          "😀",
          "",
          "   ",
          "你好",
          "café",
          "set an alarm for six",
          "how do i say thank you in french",
          "book me a flight to oslo",
          "is my card about to expire",
          "tell me a joke about cats",
          "who wrote the odyssey",
          "turn the lights off",
          "i lost my luggage",
          "ping");

  private static HostFixture node;

  @BeforeAll
  static void start() {
    node = new HostFixture(Path.of("..", "models", "edge"));
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void aBatchOfSixteenEqualsSixteenBatchesOfOneToTheBit() {
    InferenceResponse together = node.answer(request("intent", text(SENTENCES)));

    for (int i = 0; i < SENTENCES.size(); i++) {
      InferenceResponse alone = node.answer(request("intent", text(List.of(SENTENCES.get(i)))));
      assertThat(alone.output("label").orElseThrow().toStrings().get(0))
          .isEqualTo(together.output("label").orElseThrow().toStrings().get(i));
      for (String output : List.of("probabilities", "logits")) {
        assertThat(alone.output(output).orElseThrow().toFloats())
            .containsExactly(row(together.output(output).orElseThrow(), i));
      }
    }
  }

  @Test
  void frozenSentencesKeepTheirAnswers() throws IOException {
    for (String line : Files.readAllLines(Path.of("..", "models", "samples", "intent.jsonl"))) {
      JsonObject frozen = new JsonObject(line);
      JsonObject expected = frozen.getJsonObject("edge");

      InferenceResponse answer =
          node.answer(request("intent", text(List.of(frozen.getString("text")))));

      assertThat(answer.output("label").orElseThrow().toStrings())
          .containsExactly(expected.getString("label"));
      assertThat(largest(answer.output("probabilities").orElseThrow()))
          .isCloseTo(expected.getFloat("max_probability"), within(1e-3f));
      assertThat(largest(answer.output("logits").orElseThrow()))
          .isCloseTo(expected.getFloat("top_logit"), within(1e-3f));
    }
  }

  private static float largest(Tensor tensor) {
    float largest = Float.NEGATIVE_INFINITY;
    for (float value : tensor.toFloats()) {
      largest = Math.max(largest, value);
    }
    return largest;
  }

  private static float[] row(Tensor tensor, int row) {
    int width = (int) tensor.shape().dimension(1);
    float[] all = tensor.toFloats();
    float[] values = new float[width];
    IntStream.range(0, width).forEach(i -> values[i] = all[row * width + i]);
    return values;
  }

  private static Tensor text(List<String> sentences) {
    return Tensor.ofStrings("text", Shape.of(sentences.size(), 1), sentences);
  }
}
