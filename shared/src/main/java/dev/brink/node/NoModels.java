package dev.brink.node;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.model.ModelCatalog;
import dev.brink.model.ModelDescription;
import dev.brink.model.ModelStatistics;
import dev.brink.model.ModelVersionStatus;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A catalog without models, of which none can be loaded. */
final class NoModels implements ModelCatalog {

  @Override
  public List<ModelVersionStatus> index() {
    return List.of();
  }

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public ModelDescription describe(String name, String version) {
    throw none(name).asException();
  }

  @Override
  public Optional<ModelDescription> find(String name, String version) {
    return Optional.empty();
  }

  @Override
  public List<ModelStatistics> statistics(String name, String version) {
    return List.of();
  }

  @Override
  public Future<Void> load(String name, Optional<String> config, Map<String, byte[]> files) {
    return InferenceException.failed(none(name));
  }

  @Override
  public Future<Void> unload(String name) {
    return InferenceException.failed(none(name));
  }

  private static InferenceError none(String name) {
    return new InferenceError.UnknownModel("'%s' is not found".formatted(name));
  }
}
