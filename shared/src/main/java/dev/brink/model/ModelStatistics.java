package dev.brink.model;

import java.util.Map;

/**
 * Running totals of one version of a model since it was loaded, as the statistics extension reports
 * them.
 *
 * @param lastInferenceMillis since the epoch; 0 for never
 * @param inferences requests, a batch of n counting n
 * @param executions runs of the model
 * @param batches totals of runs by batch size
 */
public record ModelStatistics(
    String name,
    String version,
    long lastInferenceMillis,
    long inferences,
    long executions,
    Total success,
    Total fail,
    Total queue,
    Total computeInput,
    Total computeInfer,
    Total computeOutput,
    Total cacheHit,
    Total cacheMiss,
    Map<Integer, BatchTotals> batches,
    long memoryBytes) {

  /** How often, and how many nanoseconds in all. */
  public record Total(long count, long nanos) {
    public static final Total NONE = new Total(0, 0);
  }

  public record BatchTotals(Total computeInput, Total computeInfer, Total computeOutput) {}
}
