package dev.brink.model;

import dev.brink.config.Default;
import dev.brink.config.Range;
import java.time.Duration;
import java.util.Map;

/**
 * A model that goes on where its last run of the same sequence ended.
 *
 * @param state outputs by the input that gets them in the sequence's next run; zeros at its start.
 *     Neither is seen by callers
 * @param maxSequences most sequences under way
 * @param maxIdle after which a sequence is forgotten
 */
public record SequenceSettings(
    Map<String, String> state,
    @Default("1024") @Range(min = 1, max = 1_000_000) int maxSequences,
    @Default("60s") @Range(min = 1) Duration maxIdle) {

  public SequenceSettings {
    state = Map.copyOf(state);
    if (state.isEmpty()) {
      throw new IllegalArgumentException(
          "state: {} (expected: input: output, such as state: stateN)");
    }
  }
}
