package dev.brink.serving;

import dev.brink.model.ModelState;
import dev.brink.model.ModelVersionStatus;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** All known versions of one model at one moment; replaced whole when something changes. */
final class HostedModel {

  /**
   * @param loaded the model in service; null where it is not
   * @param reason why it is not
   */
  record Version(ModelState state, LoadedModel loaded, String reason) {

    static Version ready(LoadedModel loaded) {
      return new Version(ModelState.READY, loaded, "");
    }

    static Version unavailable(String reason) {
      return new Version(ModelState.UNAVAILABLE, null, reason);
    }

    static Version loading() {
      return new Version(ModelState.LOADING, null, "loading");
    }
  }

  private final String name;
  private final SortedMap<Long, Version> versions;
  private final Optional<LoadedModel> latest;
  private final String reason;

  HostedModel(String name, SortedMap<Long, Version> versions, String reason) {
    this.name = name;
    this.versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
    this.reason = reason;
    List<LoadedModel> ready = ready();
    this.latest = ready.isEmpty() ? Optional.empty() : Optional.of(ready.get(ready.size() - 1));
  }

  SortedMap<Long, Version> versions() {
    return versions;
  }

  /** Versions in service, oldest first. */
  List<LoadedModel> ready() {
    return versions.values().stream()
        .filter(version -> version.state() == ModelState.READY)
        .map(Version::loaded)
        .toList();
  }

  Optional<LoadedModel> latest() {
    return latest;
  }

  /** The status of every version; one line without a version where none is known. */
  List<ModelVersionStatus> status() {
    if (versions.isEmpty()) {
      return List.of(new ModelVersionStatus(name, "", ModelState.UNAVAILABLE, reason));
    }
    return versions.entrySet().stream()
        .map(
            entry ->
                new ModelVersionStatus(
                    name,
                    Long.toString(entry.getKey()),
                    entry.getValue().state(),
                    entry.getValue().reason()))
        .toList();
  }
}
