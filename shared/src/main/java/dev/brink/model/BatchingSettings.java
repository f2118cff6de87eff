package dev.brink.model;

import dev.brink.config.Default;
import dev.brink.config.Range;
import java.time.Duration;

/**
 * How requests for one model wait and share runs.
 *
 * @param enabled whether requests may share a run at all
 * @param maxSize most rows of one run, and of one request
 * @param maxDelay how long an idle instance waits for company; nothing by default: what waits while
 *     all are busy is company enough
 * @param maxQueue most requests that wait
 * @param defaultPriority of requests that name none; 1 is the highest
 * @param learned whether runs grow only as far as measurement says that it pays
 * @param allowDependent whether requests share runs although the model's answers depend on what
 *     else is in the run
 */
public record BatchingSettings(
    @Default("true") boolean enabled,
    @Default("64") @Range(min = 1, max = 4096) int maxSize,
    @Default("0ms") @Range(min = 0, max = 10_000) Duration maxDelay,
    @Default("256") @Range(min = 1, max = 100_000) int maxQueue,
    @Default("5") @Range(min = 1, max = 1000) int defaultPriority,
    @Default("true") boolean learned,
    @Default("false") boolean allowDependent) {

  public static final BatchingSettings DEFAULT =
      new BatchingSettings(true, 64, Duration.ZERO, 256, 5, true, false);

  public BatchingSettings withMaxSize(int other) {
    return new BatchingSettings(
        enabled, other, maxDelay, maxQueue, defaultPriority, learned, allowDependent);
  }

  public BatchingSettings withMaxQueue(int other) {
    return new BatchingSettings(
        enabled, maxSize, maxDelay, other, defaultPriority, learned, allowDependent);
  }

  /** Runs grow to their largest size whatever measurement says. */
  public BatchingSettings withoutLearning() {
    return new BatchingSettings(
        enabled, maxSize, maxDelay, maxQueue, defaultPriority, false, allowDependent);
  }

  public BatchingSettings withMaxDelay(Duration other) {
    return new BatchingSettings(
        enabled, maxSize, other, maxQueue, defaultPriority, learned, allowDependent);
  }
}
