package dev.brink.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.Timings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AnswerLabelsTest {

  private static final Tensor FIRST = Tensor.ofFloats("probabilities", Shape.of(1, 2), 0.9f, 0.1f);
  private static final Tensor SECOND = Tensor.ofFloats("probabilities", Shape.of(1, 2), 0.2f, 0.8f);
  private static final Tensor LABEL = Tensor.ofStrings("label", Shape.of(1, 1), List.of("first"));

  @Test
  void labelsAreComparedWithLabels() {
    assertThat(agree(answer(LABEL, FIRST), answer(LABEL))).contains(true);
    assertThat(agree(answer(LABEL, FIRST), answer(named("second")))).contains(false);
  }

  @Test
  void scoresAreComparedWithScoresWhereTheCallerWantedOnlyThose() {
    assertThat(agree(answer(LABEL, FIRST), answer(FIRST))).contains(true);
    assertThat(agree(answer(LABEL, FIRST), answer(SECOND))).contains(false);
  }

  @Test
  void whatHasNeitherCannotBeCompared() {
    Tensor other = Tensor.ofFloats("embedding", Shape.of(1, 2), 1, 2);

    assertThat(agree(answer(LABEL, FIRST), answer(other))).isEmpty();
    assertThat(agree(answer(FIRST), answer(LABEL))).isEmpty();
  }

  @Test
  void aSingleClassIsYesOrNo() {
    Tensor yes = Tensor.ofFloats("probabilities", Shape.of(1, 1), 0.7f);
    Tensor no = Tensor.ofFloats("probabilities", Shape.of(1, 1), 0.3f);

    assertThat(agree(answer(yes), answer(no))).contains(false);
    assertThat(agree(answer(yes), answer(yes))).contains(true);
  }

  @Test
  void everyRowCounts() {
    Tensor both = Tensor.ofFloats("probabilities", Shape.of(2, 2), 0.9f, 0.1f, 0.2f, 0.8f);
    Tensor twice = Tensor.ofFloats("probabilities", Shape.of(2, 2), 0.9f, 0.1f, 0.9f, 0.1f);

    assertThat(AnswerLabels.of(Scenes.INTENT, answer(both))).containsExactly("0", "1");
    assertThat(agree(answer(both), answer(twice))).contains(false);
  }

  private static Optional<Boolean> agree(InferenceResponse edge, InferenceResponse cloud) {
    return AnswerLabels.agree(Scenes.INTENT, edge, cloud);
  }

  private static Tensor named(String label) {
    return Tensor.ofStrings("label", Shape.of(1, 1), List.of(label));
  }

  private static InferenceResponse answer(Tensor... outputs) {
    return new InferenceResponse(
        "intent",
        "1",
        "",
        Parameters.none(),
        List.of(outputs),
        Provenance.local(Route.EDGE, "n", Timings.NONE));
  }
}
