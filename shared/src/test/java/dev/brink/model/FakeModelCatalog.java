package dev.brink.model;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A catalog of models that are there because the test says so. */
public final class FakeModelCatalog implements ModelCatalog {

  private final List<ModelDescription> models = new CopyOnWriteArrayList<>();
  private final List<ModelVersionStatus> others = new CopyOnWriteArrayList<>();
  private final List<ModelStatistics> statistics = new CopyOnWriteArrayList<>();
  private final List<ModelActivity> activity = new CopyOnWriteArrayList<>();
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final Map<String, List<String>> labels = new ConcurrentHashMap<>();
  private volatile boolean ready = true;
  private volatile InferenceError loadFailure;

  public FakeModelCatalog with(ModelDescription model) {
    models.add(model);
    return this;
  }

  public FakeModelCatalog with(ModelVersionStatus unready) {
    others.add(unready);
    return this;
  }

  public FakeModelCatalog with(ModelStatistics totals) {
    statistics.add(totals);
    return this;
  }

  /** What every version is doing from now on. */
  public FakeModelCatalog doing(ModelActivity... now) {
    activity.clear();
    activity.addAll(List.of(now));
    return this;
  }

  @Override
  public List<ModelActivity> activity() {
    return List.copyOf(activity);
  }

  /** Labels for every output of {@code model}. */
  public FakeModelCatalog withLabels(String model, String... names) {
    labels.put(model, List.of(names));
    return this;
  }

  public void becomeReady(boolean isReady) {
    ready = isReady;
  }

  public void failLoads(InferenceError error) {
    loadFailure = error;
  }

  /** What was loaded and unloaded: {@code load m}, {@code unload m}. */
  public List<String> calls() {
    return List.copyOf(calls);
  }

  @Override
  public List<ModelVersionStatus> index() {
    List<ModelVersionStatus> index = new ArrayList<>();
    models.forEach(
        model ->
            index.add(new ModelVersionStatus(model.name(), model.version(), ModelState.READY, "")));
    index.addAll(others);
    return index;
  }

  @Override
  public boolean isReady() {
    return ready;
  }

  @Override
  public ModelDescription describe(String name, String version) {
    return find(name, version).orElseThrow(() -> missing(name, version));
  }

  private InferenceException missing(String name, String version) {
    boolean known = models.stream().anyMatch(model -> model.name().equals(name));
    return new InferenceError.UnknownModel(
            known
                ? "Request for unknown model: '%s' version %s is not found".formatted(name, version)
                : "Request for unknown model: '%s' is not found".formatted(name))
        .asException();
  }

  @Override
  public Optional<ModelDescription> find(String name, String version) {
    return models.stream()
        .filter(model -> model.name().equals(name))
        .filter(model -> version.isEmpty() || model.version().equals(version))
        .reduce((first, second) -> second);
  }

  @Override
  public List<String> labels(String name, String version, String output) {
    return labels.getOrDefault(name, List.of());
  }

  @Override
  public List<ModelStatistics> statistics(String name, String version) {
    return statistics.stream()
        .filter(totals -> name.isEmpty() || totals.name().equals(name))
        .filter(totals -> version.isEmpty() || totals.version().equals(version))
        .toList();
  }

  @Override
  public Future<Void> load(String name, Optional<String> config, Map<String, byte[]> files) {
    calls.add("load " + name + config.map(text -> " config").orElse("") + files.keySet());
    return loadFailure == null ? Future.succeededFuture() : InferenceException.failed(loadFailure);
  }

  @Override
  public Future<Void> unload(String name) {
    calls.add("unload " + name);
    return Future.succeededFuture();
  }
}
