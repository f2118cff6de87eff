package dev.brink.routing;

import java.util.Arrays;

/**
 * Counts of answers by their confidence: how many there were, how many of them were compared with
 * the cloud's, and how many of those disagreed. Not thread-safe.
 *
 * @param edges upper bounds of the bins but the last, ascending
 */
record ScoreBins(Edges edges, Counts seen, Counts compared, Counts disagreed) {

  private static final double PRIOR_DISAGREED = 0.05;
  private static final double PRIOR_COMPARED = 0.1;

  /** Bounds between bins. */
  static final class Edges {
    private final double[] values;

    Edges(double... ascending) {
      this.values = ascending;
    }

    int count() {
      return values.length + 1;
    }

    int of(double score) {
      int found = Arrays.binarySearch(values, score);
      return found >= 0 ? found + 1 : -found - 1;
    }

    double lower(int bin) {
      return bin == 0 ? 0 : values[bin - 1];
    }

    double upper(int bin) {
      return bin == values.length ? 1 : values[bin];
    }

    double[] toArray() {
      return values.clone();
    }
  }

  /** Sums by bin. */
  static final class Counts {
    private final double[] values;

    Counts(double... values) {
      this.values = values;
    }

    void add(int bin, double amount) {
      values[bin] += amount;
    }

    double get(int bin) {
      return values[bin];
    }

    void scale(double factor) {
      for (int i = 0; i < values.length; i++) {
        values[i] *= factor;
      }
    }

    double sum() {
      return Arrays.stream(values).sum();
    }

    double[] toArray() {
      return values.clone();
    }
  }

  /** Empty bins between {@code edges}. */
  static ScoreBins between(double... edges) {
    int count = edges.length + 1;
    return new ScoreBins(
        new Edges(edges),
        new Counts(new double[count]),
        new Counts(new double[count]),
        new Counts(new double[count]));
  }

  /** Empty bins that would hold equally many of {@code scores} each. */
  static ScoreBins atQuantiles(double[] scores, int count) {
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    double[] edges = new double[Math.max(0, count - 1)];
    int used = 0;
    for (int i = 1; i < count && sorted.length > 0; i++) {
      double edge = sorted[(int) ((long) i * sorted.length / count)];
      if (edge > 0 && edge < 1 && (used == 0 || edge > edges[used - 1])) {
        edges[used++] = edge;
      }
    }
    return between(Arrays.copyOf(edges, used));
  }

  int count() {
    return edges.count();
  }

  int binOf(double score) {
    return edges.of(score >= 0 ? Math.min(score, 1) : 0);
  }

  void add(double score, double unit) {
    seen.add(binOf(score), unit);
  }

  /** Probability of disagreement by bin, made non-increasing by pooling adjacent violators. */
  double[] wrong(double countUnit) {
    int bins = count();
    double[] value = new double[bins];
    double[] weight = new double[bins];
    int[] width = new int[bins];
    int blocks = 0;
    for (int i = 0; i < bins; i++) {
      double n = compared.get(i) / countUnit + PRIOR_COMPARED;
      value[blocks] = (disagreed.get(i) / countUnit + PRIOR_DISAGREED) / n;
      weight[blocks] = n;
      width[blocks++] = 1;
      while (blocks > 1 && value[blocks - 2] < value[blocks - 1]) {
        blocks--;
        double sum = weight[blocks - 1] + weight[blocks];
        value[blocks - 1] =
            (value[blocks - 1] * weight[blocks - 1] + value[blocks] * weight[blocks]) / sum;
        weight[blocks - 1] = sum;
        width[blocks - 1] += width[blocks];
      }
    }
    return spread(value, width, blocks, bins);
  }

  private static double[] spread(double[] value, int[] width, int blocks, int bins) {
    double[] spread = new double[bins];
    int at = 0;
    for (int block = 0; block < blocks; block++) {
      Arrays.fill(spread, at, at + width[block], value[block]);
      at += width[block];
    }
    return spread;
  }
}
