package dev.brink.serving;

import dev.brink.model.ModelState;
import dev.brink.model.ModelVersionStatus;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** All known versions of one model at one moment; replaced whole when something changes. */
final class HostedModel {

  /**
   * @param loaded the model in service; null where it is not
   * @param mark of the file it came from; null where it is not in service
   * @param reason why it is not
   */
  record Version(ModelState state, LoadedModel loaded, FileMark mark, String reason) {

    static Version ready(LoadedModel loaded, FileMark mark) {
      return new Version(ModelState.READY, loaded, mark, "");
    }

    static Version unavailable(String reason) {
      return new Version(ModelState.UNAVAILABLE, null, null, reason);
    }

    private static Version waiting(ModelState state) {
      return new Version(state, null, null, "");
    }

    private boolean isReady() {
      return state == ModelState.READY;
    }
  }

  private final String name;
  private final SortedMap<Long, Version> versions;
  private final List<LoadedModel> ready;
  private final boolean overridden;
  private final String reason;

  private HostedModel(
      String name, SortedMap<Long, Version> versions, boolean overridden, String reason) {
    this.name = name;
    this.versions = Collections.unmodifiableSortedMap(versions);
    this.ready = versions.values().stream().filter(Version::isReady).map(Version::loaded).toList();
    this.overridden = overridden;
    this.reason = reason;
  }

  /** A model of which no version is known, and why. */
  static HostedModel none(String name, String reason) {
    return new HostedModel(name, new TreeMap<>(), false, reason);
  }

  /** The same with {@code selected} being loaded where they are not in service. */
  HostedModel loading(List<Long> selected) {
    SortedMap<Long, Version> changed = new TreeMap<>(versions);
    for (long version : selected) {
      if (!changed.containsKey(version) || !changed.get(version).isReady()) {
        changed.put(version, Version.waiting(ModelState.LOADING));
      }
    }
    return new HostedModel(name, changed, overridden, reason);
  }

  /**
   * The same with {@code loaded} in place of what there was. For each of it that is not ready the
   * latest of what is in service now goes on, and all of that where nothing is ready.
   */
  HostedModel replaced(SortedMap<Long, Version> loaded, boolean overridden) {
    SortedMap<Long, Version> changed = new TreeMap<>(loaded);
    long ready = loaded.values().stream().filter(Version::isReady).count();
    versions.entrySet().stream()
        .filter(old -> old.getValue().isReady() && !loaded.containsKey(old.getKey()))
        .sorted(Map.Entry.<Long, Version>comparingByKey().reversed())
        .limit(ready == 0 ? versions.size() : loaded.size() - ready)
        .forEach(old -> changed.put(old.getKey(), old.getValue()));
    return new HostedModel(name, changed, overridden, "no version in the repository");
  }

  /** The same with version {@code number} known as not there, unless it is in service. */
  HostedModel without(long number, String why) {
    SortedMap<Long, Version> changed = new TreeMap<>(versions);
    changed.putIfAbsent(number, Version.unavailable(why));
    return new HostedModel(name, changed, overridden, reason);
  }

  /** The same while what is in service answers its last requests. */
  HostedModel leaving() {
    return withoutReady(Version.waiting(ModelState.UNLOADING));
  }

  HostedModel unloaded() {
    return withoutReady(Version.unavailable("unloaded"));
  }

  private HostedModel withoutReady(Version instead) {
    SortedMap<Long, Version> changed = new TreeMap<>(versions);
    changed.replaceAll((version, old) -> old.isReady() ? instead : old);
    return new HostedModel(name, changed, false, "unloaded");
  }

  String name() {
    return name;
  }

  /** Whether it came, whole or in part, with a load command and not from the folder. */
  boolean isOverridden() {
    return overridden;
  }

  SortedMap<Long, Version> versions() {
    return versions;
  }

  /** Versions in service, oldest first. */
  List<LoadedModel> ready() {
    return ready;
  }

  Optional<LoadedModel> latest() {
    return ready.isEmpty() ? Optional.empty() : Optional.of(ready.get(ready.size() - 1));
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
