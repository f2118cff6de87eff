package dev.brink.routing;

import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Tensor;
import dev.brink.model.Signal;
import java.nio.ByteBuffer;

/**
 * How sure a model is of its answer, from 0 (not at all) to 1. Of a batch the least sure row
 * counts, and one without rows leaves nothing to doubt (1), unless its rows are what a detector
 * found. A row is not confident at all (0) when it is empty, holds a NaN, or is all zeros; a single
 * class is read as the probability of yes against no.
 */
public final class Confidence {

  private Confidence() {}

  /** Of the output {@code output}; NaN where the answer has none, or none of floating point. */
  public static double of(InferenceResponse answer, String output, Signal signal) {
    return answer.output(output).map(scores -> of(signal, scores)).orElse(Double.NaN);
  }

  /** Of {@code scores} [N,C], or [C] for a single row; NaN where they are not floating point. */
  public static double of(Signal signal, Tensor scores) {
    if (!isFloatingPoint(scores)) {
      return Double.NaN;
    }
    int rows = scores.shape().rank() < 2 ? 1 : (int) scores.shape().dimension(0);
    int columns = rows == 0 ? 0 : (int) (scores.shape().elementCount() / rows);
    double[] row = new double[columns];
    ByteBuffer data = scores.data();
    double least = rows == 0 && signal == Signal.DETECTION ? 0 : 1;
    for (int i = 0; i < rows; i++) {
      read(scores, data, row);
      least = Math.min(least, ofRow(signal, row));
    }
    return least;
  }

  /** Of one row of values. */
  static double ofRow(Signal signal, double... row) {
    if (row.length == 0 || hasNaN(row)) {
      return 0;
    }
    return switch (signal) {
      case MAX_PROBABILITY -> row.length == 1 ? yesOrNo(row[0]) : clamp(max(row));
      case MARGIN -> row.length == 1 ? 2 * yesOrNo(row[0]) - 1 : margin(row);
      case ENTROPY -> row.length == 1 ? certainty(row[0], 1 - row[0]) : certainty(row);
      case ENERGY -> energy(row);
      case DETECTION -> clamp(max(row));
    };
  }

  private static boolean hasNaN(double[] row) {
    for (double value : row) {
      if (Double.isNaN(value)) {
        return true;
      }
    }
    return false;
  }

  private static double yesOrNo(double probability) {
    double p = clamp(probability);
    return Math.max(p, 1 - p);
  }

  private static double margin(double[] row) {
    double first = Double.NEGATIVE_INFINITY;
    double second = Double.NEGATIVE_INFINITY;
    for (double value : row) {
      if (value > first) {
        second = first;
        first = value;
      } else if (value > second) {
        second = value;
      }
    }
    return clamp(first - second);
  }

  private static double certainty(double... row) {
    double sum = 0;
    for (double value : row) {
      sum += Math.max(0, value);
    }
    if (!(sum > 0) || sum == Double.POSITIVE_INFINITY) {
      return 0;
    }
    double entropy = 0;
    for (double value : row) {
      double p = value / sum;
      entropy -= p > 0 ? p * Math.log(p) : 0;
    }
    return clamp(1 - entropy / Math.log(row.length));
  }

  /** Of logits that are all equal to 0 the mean exponential is 1, and the model knows nothing. */
  private static double energy(double[] logits) {
    double max = max(logits);
    if (Double.isInfinite(max)) {
      return 0;
    }
    double sum = 0;
    for (double logit : logits) {
      sum += Math.exp(logit - max);
    }
    double energy = Math.max(0, max + Math.log(sum / logits.length));
    return energy / (1 + energy);
  }

  private static double max(double[] row) {
    double max = row[0];
    for (double value : row) {
      max = Math.max(max, value);
    }
    return max;
  }

  private static double clamp(double value) {
    return value > 0 ? Math.min(1, value) : 0;
  }

  static boolean isFloatingPoint(Tensor tensor) {
    return switch (tensor.dataType()) {
      case FP16, FP32, FP64 -> true;
      case BOOL, UINT8, UINT16, UINT32, UINT64, INT8, INT16, INT32, INT64, BF16, BYTES -> false;
    };
  }

  /** The next row of {@code data}. */
  static void read(Tensor tensor, ByteBuffer data, double[] row) {
    for (int i = 0; i < row.length; i++) {
      row[i] =
          switch (tensor.dataType()) {
            case FP16 -> Float.float16ToFloat(data.getShort());
            case FP32 -> data.getFloat();
            default -> data.getDouble();
          };
    }
  }
}
