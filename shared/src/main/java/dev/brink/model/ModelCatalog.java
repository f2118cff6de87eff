package dev.brink.model;

import dev.brink.inference.InferenceException;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the protocols may ask and tell the models of this node. Thread-safe; nothing here blocks.
 */
public interface ModelCatalog {

  /** Every version of every model in the repository, ready or not. */
  List<ModelVersionStatus> index();

  /** Whether every model that must be loaded is. */
  boolean isReady();

  /**
   * The ready version {@code version}, or the one the policy names when {@code version} is empty.
   *
   * @throws InferenceException unknown model (with Triton's wording), or unavailable where the
   *     version is known but not ready
   */
  ModelDescription describe(String name, String version);

  /** As {@link #describe}, empty where that throws. */
  Optional<ModelDescription> find(String name, String version);

  /**
   * What the values of {@code output} stand for, by their index; none where nothing is known, also
   * of a model that is not here.
   */
  default List<String> labels(String name, String version, String output) {
    return List.of();
  }

  /** Totals of every ready version that matches; an empty name or version stands for all. */
  List<ModelStatistics> statistics(String name, String version);

  /** What every ready version is doing. */
  default List<ModelActivity> activity() {
    return List.of();
  }

  /**
   * Loads or reloads a model; the versions in service go on until the new ones are ready.
   *
   * @param config replaces the model's {@code model.yaml} for this load; empty for the one on disk.
   *     JSON or YAML
   * @param files replaces version folders for this load: {@code <version>/<file>} to contents
   */
  Future<Void> load(String name, Optional<String> config, Map<String, byte[]> files);

  Future<Void> unload(String name);
}
