package dev.brink.serving;

import dev.brink.model.ModelStatistics;
import dev.brink.model.ModelStatistics.BatchTotals;
import dev.brink.model.ModelStatistics.Total;
import java.util.HashMap;
import java.util.Map;

/** Running totals of one version of a model. Thread-safe. */
final class ModelTotals {

  private final Map<Integer, BatchTotals> batches = new HashMap<>();
  private final Unanswered unanswered = new Unanswered();
  private long lastInferenceMillis;
  private long inferences;
  private long executions;
  private Total success = Total.NONE;
  private Total queue = Total.NONE;
  private Total input = Total.NONE;
  private Total infer = Total.NONE;
  private Total output = Total.NONE;

  /** One run of {@code requests} with {@code rows} in all that took so many nanoseconds. */
  synchronized void ran(
      int requests, int rows, long queueNanos, long inputNanos, long inferNanos, long outputNanos) {
    lastInferenceMillis = System.currentTimeMillis();
    inferences += rows;
    executions++;
    success =
        plus(success, requests, queueNanos + requests * (inputNanos + inferNanos + outputNanos));
    queue = plus(queue, requests, queueNanos);
    input = plus(input, requests, requests * inputNanos);
    infer = plus(infer, requests, requests * inferNanos);
    output = plus(output, requests, requests * outputNanos);
    batches.merge(rows, batch(inputNanos, inferNanos, outputNanos), ModelTotals::sum);
  }

  Unanswered unanswered() {
    return unanswered;
  }

  synchronized long executions() {
    return executions;
  }

  synchronized long rows() {
    return inferences;
  }

  private static BatchTotals batch(long input, long infer, long output) {
    return new BatchTotals(new Total(1, input), new Total(1, infer), new Total(1, output));
  }

  private static BatchTotals sum(BatchTotals one, BatchTotals other) {
    return new BatchTotals(
        sum(one.computeInput(), other.computeInput()),
        sum(one.computeInfer(), other.computeInfer()),
        sum(one.computeOutput(), other.computeOutput()));
  }

  private static Total sum(Total one, Total other) {
    return plus(one, other.count(), other.nanos());
  }

  private static Total plus(Total total, long count, long nanos) {
    return new Total(total.count() + count, total.nanos() + nanos);
  }

  synchronized ModelStatistics snapshot(String name, String version, long memoryBytes) {
    return new ModelStatistics(
        name,
        version,
        lastInferenceMillis,
        inferences,
        executions,
        success,
        unanswered.total(),
        queue,
        input,
        infer,
        output,
        Total.NONE,
        Total.NONE,
        Map.copyOf(batches),
        memoryBytes);
  }
}
