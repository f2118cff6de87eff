package dev.brink.routing;

import dev.brink.inference.DataType;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Tensor;
import dev.brink.model.CascadeSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an answer says, one label per row, so that two answers can be compared. */
final class AnswerLabels {

  private AnswerLabels() {}

  /**
   * The labels of {@code answer}: its label output, or else the index of the largest score as text;
   * empty where it has neither.
   */
  static List<String> of(CascadeSettings settings, InferenceResponse answer) {
    Optional<Tensor> labels = answer.output(settings.labelOutput());
    if (labels.isPresent() && labels.get().dataType() == DataType.BYTES) {
      return labels.get().toStrings();
    }
    return answer.output(settings.output()).map(AnswerLabels::largest).orElse(List.of());
  }

  static boolean anyUnknown(CascadeSettings settings, InferenceResponse answer) {
    return !settings.unknownLabels().isEmpty()
        && of(settings, answer).stream().anyMatch(settings.unknownLabels()::contains);
  }

  /** Whether both say the same, and something. */
  static boolean agree(CascadeSettings settings, InferenceResponse one, InferenceResponse other) {
    List<String> labels = of(settings, one);
    return !labels.isEmpty() && labels.equals(of(settings, other));
  }

  private static List<String> largest(Tensor scores) {
    if (scores.dataType() != DataType.FP32) {
      return List.of();
    }
    float[] values = scores.toFloats();
    int rows = scores.shape().rank() < 2 ? 1 : (int) scores.shape().dimension(0);
    int columns = rows == 0 ? 0 : values.length / rows;
    List<String> labels = new ArrayList<>(rows);
    for (int row = 0; row < rows && columns > 0; row++) {
      labels.add(Integer.toString(largestOf(values, row * columns, columns)));
    }
    return labels;
  }

  private static int largestOf(float[] values, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      if (values[from + i] > values[from + best]) {
        best = i;
      }
    }
    return best;
  }
}
