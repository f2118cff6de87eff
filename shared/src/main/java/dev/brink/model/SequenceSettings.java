package dev.brink.model;

import dev.brink.config.Default;
import dev.brink.config.Range;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.TreeMap;

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
    if (new HashSet<>(state.values()).size() < state.size()) {
      throw new IllegalArgumentException(
          "state: %s (expected: another output for each input)".formatted(new TreeMap<>(state)));
    }
  }
}
