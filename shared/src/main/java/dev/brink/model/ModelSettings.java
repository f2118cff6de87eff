package dev.brink.model;

import dev.brink.config.ConfigBinder;
import dev.brink.config.Default;
import java.util.Map;
import java.util.Optional;

/**
 * A model's {@code model.yaml}; all of it may be left out.
 *
 * @param versions what is said of single versions, by version
 * @param labels files beside this one with a line for each value of an output, by output; {@code
 *     labels.txt}, where there is one, is for all others
 */
public record ModelSettings(
    Optional<CascadeSettings> cascade,
    BatchingSettings batching,
    RuntimeSettings runtime,
    InputSettings input,
    CacheSettings cache,
    Optional<SequenceSettings> sequence,
    @Default("latest") VersionPolicy versionPolicy,
    Map<String, VersionSettings> versions,
    Map<String, String> labels) {

  public static final ModelSettings DEFAULT = ConfigBinder.defaults(ModelSettings.class);

  public ModelSettings {
    versions = Map.copyOf(versions);
    labels = Map.copyOf(labels);
  }

  /** Stated of {@code version}'s file; empty where nothing is. */
  public String sha256(long version) {
    VersionSettings stated = versions.get(Long.toString(version));
    return stated == null ? "" : stated.sha256();
  }
}
