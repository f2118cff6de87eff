package dev.brink.oip.rules;

import java.util.Locale;
import java.util.Optional;

/** Parts of the protocol that can be restricted on their own, by Triton's names. */
public enum ApiGroup {
  HEALTH,
  METADATA,
  INFERENCE,
  SHARED_MEMORY,
  MODEL_CONFIG,
  MODEL_REPOSITORY,
  STATISTICS,
  TRACE,
  LOGGING;

  /** Such as {@code model-repository}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  public static Optional<ApiGroup> named(String name) {
    for (ApiGroup group : values()) {
      if (group.wireName().equals(name)) {
        return Optional.of(group);
      }
    }
    return Optional.empty();
  }
}
