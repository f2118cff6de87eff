package dev.brink.edge.sim;

import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * How long a model runs, by batch size, as 21 quantiles from the fastest run to the slowest.
 * Measured with ONNX Runtime 1.28.0 on one thread of a Xeon at 2.5 GHz, as CPU time.
 */
final class ServiceTimes {

  private static final double MICROS = 1e3;

  private final TreeMap<Integer, double[]> byBatch = new TreeMap<>();

  /** The edge model of the intent pair, in microseconds. */
  static ServiceTimes edge() {
    return new ServiceTimes()
        .batch(
            1, 50, 55, 56, 56, 57, 57, 58, 59, 59, 60, 61, 62, 64, 67, 72, 77, 85, 101, 125, 237,
            702);
  }

  /** The cloud model of the intent pair. */
  static ServiceTimes cloud() {
    return new ServiceTimes()
        .batch(
            1, 4022, 4347, 4394, 4442, 4477, 4515, 4564, 4602, 4639, 4684, 4776, 4925, 5062, 5130,
            5168, 5219, 5257, 5295, 5355, 5398, 5892)
        .batch(
            2, 4175, 4443, 4494, 4545, 4588, 4616, 4641, 4662, 4684, 4705, 4724, 4742, 4760, 4781,
            4799, 4827, 4869, 4922, 5187, 5611, 6493)
        .batch(
            4, 4656, 4770, 4842, 4868, 4895, 4960, 5081, 5185, 5235, 5274, 5316, 5359, 5390, 5419,
            5467, 5521, 5653, 5828, 6052, 6180, 7571)
        .batch(
            8, 6599, 6802, 6883, 6929, 6960, 6988, 7029, 7090, 7126, 7162, 7199, 7231, 7259, 7308,
            7572, 7898, 8274, 8466, 8804, 9061, 11384)
        .batch(
            16, 8220, 8623, 8740, 8818, 8896, 8978, 9054, 9129, 9382, 9838, 10726, 11318, 11975,
            12273, 12388, 12495, 12603, 12748, 12929, 14472, 16834);
  }

  /**
   * A model that runs one request at a time.
   *
   * @param micros quantiles of what it took, ascending
   */
  static ServiceTimes of(double... micros) {
    return new ServiceTimes().batch(1, micros);
  }

  int maxBatch() {
    return byBatch.lastKey();
  }

  /** Time of a run drawn from what was measured at the next larger batch size. */
  long draw(int batch, SplittableRandom random) {
    double[] quantiles = byBatch.ceilingEntry(batch).getValue();
    double at = random.nextDouble() * (quantiles.length - 1);
    int low = (int) at;
    return (long) (MICROS * (quantiles[low] + (at - low) * (quantiles[low + 1] - quantiles[low])));
  }

  long typical(int batch) {
    double[] quantiles = byBatch.ceilingEntry(batch).getValue();
    return (long) (MICROS * quantiles[quantiles.length / 2]);
  }

  private ServiceTimes batch(int size, double... quantiles) {
    byBatch.put(size, quantiles);
    return this;
  }
}
