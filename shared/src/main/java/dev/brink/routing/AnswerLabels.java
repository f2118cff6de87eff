package dev.brink.routing;

import dev.brink.inference.DataType;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Tensor;
import dev.brink.model.CascadeSettings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an answer says, one label per row, so that two answers can be compared. */
public final class AnswerLabels {

  private AnswerLabels() {}

  /**
   * The labels of {@code answer}: its label output, or else the index of the largest score as text;
   * empty where it has neither.
   */
  public static List<String> of(CascadeSettings settings, InferenceResponse answer) {
    return named(settings, answer).or(() -> scored(settings, answer)).orElse(List.of());
  }

  static boolean anyUnknown(CascadeSettings settings, InferenceResponse answer) {
    return !settings.unknownLabels().isEmpty()
        && of(settings, answer).stream().anyMatch(settings.unknownLabels()::contains);
  }

  /**
   * Whether both say the same; empty where they cannot be compared, because a caller that wanted
   * one output got from the cloud only that.
   */
  public static Optional<Boolean> agree(
      CascadeSettings settings, InferenceResponse edge, InferenceResponse cloud) {
    Optional<List<String>> named = named(settings, cloud);
    return named.isPresent()
        ? named(settings, edge).map(named.get()::equals)
        : scored(settings, cloud).flatMap(said -> scored(settings, edge).map(said::equals));
  }

  private static Optional<List<String>> named(CascadeSettings settings, InferenceResponse answer) {
    return answer
        .output(settings.labelOutput())
        .filter(labels -> labels.dataType() == DataType.BYTES)
        .map(Tensor::toStrings);
  }

  private static Optional<List<String>> scored(CascadeSettings settings, InferenceResponse answer) {
    return answer
        .output(settings.output())
        .filter(Confidence::isFloatingPoint)
        .map(AnswerLabels::largest);
  }

  private static List<String> largest(Tensor scores) {
    int rows = scores.shape().rank() < 2 ? 1 : (int) scores.shape().dimension(0);
    double[] row = new double[rows == 0 ? 0 : (int) (scores.shape().elementCount() / rows)];
    ByteBuffer data = scores.data();
    List<String> labels = new ArrayList<>(rows);
    for (int i = 0; i < rows && row.length > 0; i++) {
      Confidence.read(scores, data, row);
      labels.add(Integer.toString(row.length == 1 ? yesOrNo(row[0]) : largestOf(row)));
    }
    return labels;
  }

  private static int yesOrNo(double probability) {
    return probability >= 0.5 ? 1 : 0;
  }

  private static int largestOf(double[] row) {
    int best = 0;
    for (int i = 1; i < row.length; i++) {
      best = row[i] > row[best] ? i : best;
    }
    return best;
  }
}
