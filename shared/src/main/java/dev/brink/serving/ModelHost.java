package dev.brink.serving;

import dev.brink.config.ConfigBinder;
import dev.brink.config.ConfigException;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceService;
import dev.brink.inference.LoadReport;
import dev.brink.inference.Route;
import dev.brink.model.ModelCatalog;
import dev.brink.model.ModelDescription;
import dev.brink.model.ModelSettings;
import dev.brink.model.ModelStatistics;
import dev.brink.model.ModelVersionStatus;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The models of this node: brings them into service from the repository's folder and out of it, and
 * answers requests with them.
 */
public final class ModelHost implements ModelCatalog {

  private static final Logger LOG = LoggerFactory.getLogger(ModelHost.class);
  private static final long SWEEP_MILLIS = 10;

  private final Vertx vertx;
  private final Path root;
  private final ModelLoader loader;
  private final HostedModels models = new HostedModels();
  private final InferenceService inference = new LocalInference(models);
  private final ExecutorService repository =
      Executors.newSingleThreadExecutor(
          task -> Thread.ofPlatform().daemon().name("brink-models").unstarted(task));
  private volatile boolean started;
  private long sweepTimer = -1;

  /**
   * @param root the folder with one folder per model
   * @param node this node's id, for provenance
   * @param route {@link Route#EDGE} or {@link Route#CLOUD}, by the node's role
   */
  public ModelHost(Vertx vertx, Path root, String node, Route route, Ticker ticker) {
    this.vertx = vertx;
    this.root = root;
    this.loader = new ModelLoader(new Answerer(node, route), ticker);
  }

  /**
   * Tries to load every model there is. Completes when all have been tried; a model that cannot be
   * loaded is in the index with the reason.
   */
  public Future<Void> start() {
    sweepTimer =
        vertx.setPeriodic(SWEEP_MILLIS, ignored -> models.ready().forEach(LoadedModel::sweep));
    return onRepository(
        () -> {
          for (String name : ModelFolder.names(root)) {
            tryLoad(name);
          }
          started = true;
        });
  }

  /** Takes nothing new, answers what waits, gives everything back. */
  public Future<Void> close() {
    vertx.cancelTimer(sweepTimer);
    return onRepository(
            () -> {
              List<LoadedModel> ready = models.ready();
              models.all().clear();
              ready.forEach(LoadedModel::close);
            })
        .onComplete(ignored -> repository.shutdown());
  }

  /** Answers requests with the models in service; honours deadline, priority and cancellation. */
  public InferenceService inference() {
    return inference;
  }

  HostedModels models() {
    return models;
  }

  /** What {@code model.yaml} says of the version in service; empty where there is none. */
  public Optional<ModelSettings> settings(String name, String version) {
    return loaded(name, version).map(LoadedModel::settings);
  }

  /**
   * Expected nanoseconds from now until a request would be answered here: wait and run; 0 while
   * nothing is measured; empty where the model is not in service.
   */
  public Optional<Long> estimateNanos(String name, String version) {
    return loaded(name, version).map(LoadedModel::estimateNanos);
  }

  /** How loaded this node's models are. */
  public LoadReport load() {
    int inFlight = 0;
    int queued = 0;
    int instances = 0;
    int room = 0;
    long service = 0;
    for (LoadedModel model : models.ready()) {
      inFlight += model.inFlight();
      queued += model.waiting();
      instances += model.instanceCount();
      room += model.settings().batching().maxQueue() - model.waiting();
      service = Math.max(service, model.profile().estimate(1));
    }
    double utilisation = instances == 0 ? 0 : Math.min(1, (double) inFlight / instances);
    return new LoadReport(inFlight, queued, utilisation, service, room, Long.MAX_VALUE);
  }

  private Optional<LoadedModel> loaded(String name, String version) {
    try {
      return Optional.of(models.require(name, version));
    } catch (InferenceException notThere) {
      return Optional.empty();
    }
  }

  @Override
  public List<ModelVersionStatus> index() {
    return models.all().stream().flatMap(model -> model.status().stream()).toList();
  }

  @Override
  public boolean isReady() {
    return started;
  }

  @Override
  public ModelDescription describe(String name, String version) {
    return description(models.require(name, version));
  }

  @Override
  public Optional<ModelDescription> find(String name, String version) {
    return loaded(name, version).map(this::description);
  }

  private ModelDescription description(LoadedModel model) {
    Signature signature = model.signature();
    List<String> versions =
        models.find(model.name()).map(HostedModel::ready).orElse(List.of()).stream()
            .map(LoadedModel::version)
            .toList();
    return new ModelDescription(
        model.name(),
        model.version(),
        versions,
        "onnxruntime_onnx",
        signature.inputs(),
        signature.outputs(),
        signature.batches() ? model.profile().maxRows() : 0,
        Map.of("execution_provider", "cpu", "batch_effect", model.effect().word()));
  }

  @Override
  public List<ModelStatistics> statistics(String name, String version) {
    if (!name.isEmpty()) {
      models.require(name, version);
    }
    return models.ready().stream()
        .filter(model -> name.isEmpty() || model.name().equals(name))
        .filter(model -> version.isEmpty() || model.version().equals(version))
        .map(LoadedModel::statistics)
        .toList();
  }

  @Override
  public Future<Void> load(String name, Optional<String> config, Map<String, byte[]> files) {
    if (config.isPresent() || !files.isEmpty()) {
      return InferenceException.failed(
          new InferenceError.Unsupported("load with overrides is not supported"));
    }
    return onRepository(() -> load(name));
  }

  @Override
  public Future<Void> unload(String name) {
    return onRepository(
        () -> {
          ModelFolder.requireName(name);
          List<LoadedModel> ready =
              models.find(name).map(HostedModel::ready).orElseThrow(() -> notInRepository(name));
          SortedMap<Long, HostedModel.Version> unloaded = new TreeMap<>();
          ready.forEach(
              model ->
                  unloaded.put(
                      Long.parseLong(model.version()),
                      HostedModel.Version.unavailable("unloaded")));
          models.put(name, new HostedModel(name, unloaded, "unloaded"));
          ready.forEach(LoadedModel::close);
        });
  }

  private void tryLoad(String name) {
    try {
      load(name);
    } catch (InferenceException | IOException refused) {
      LOG.warn("model not loaded model={} error={}", name, refused.getMessage());
    }
  }

  private void load(String name) throws IOException {
    ModelFolder folder = ModelFolder.find(root, name).orElseThrow(() -> notInRepository(name));
    try {
      load(folder, ConfigBinder.bind(ModelSettings.class, folder.yaml(), folder.folder()));
    } catch (ConfigException invalid) {
      String reason = "model.yaml: " + invalid.getMessage();
      if (models.find(name).isEmpty()) {
        models.put(name, new HostedModel(name, new TreeMap<>(), reason));
      }
      throw refused(name, reason);
    }
  }

  private void load(ModelFolder folder, ModelSettings settings) {
    String name = folder.name();
    SortedMap<Long, HostedModel.Version> before =
        models.find(name).map(HostedModel::versions).orElse(new TreeMap<>());
    SortedMap<Long, HostedModel.Version> after = new TreeMap<>();
    List<String> failures = new ArrayList<>();
    for (long version : settings.versionPolicy().select(List.copyOf(folder.versions().keySet()))) {
      try {
        LoadedModel loaded = loader.load(name, version, folder.versions().get(version), settings);
        LOG.info("model loaded model={} version={}", name, version);
        after.put(version, HostedModel.Version.ready(loaded));
      } catch (ModelLoadException refused) {
        failures.add("version %d: %s".formatted(version, refused.getMessage()));
        after.put(
            version,
            before.getOrDefault(version, HostedModel.Version.unavailable(refused.getMessage())));
      }
    }
    models.put(name, new HostedModel(name, after, "no version in the repository"));
    retire(before, after);
    if (!failures.isEmpty() || after.isEmpty()) {
      throw refused(name, after.isEmpty() ? "no version" : String.join("; ", failures));
    }
  }

  private static void retire(
      SortedMap<Long, HostedModel.Version> before, SortedMap<Long, HostedModel.Version> after) {
    before.forEach(
        (version, old) -> {
          boolean goesOn =
              after.containsKey(version) && after.get(version).loaded() == old.loaded();
          if (old.loaded() != null && !goesOn) {
            old.loaded().close();
          }
        });
  }

  private static InferenceException notInRepository(String name) {
    return refused(name, "failed to poll from model repository");
  }

  private static InferenceException refused(String name, String reason) {
    return InferenceError.invalid("failed to load '%s', %s".formatted(name, reason));
  }

  private interface RepositoryTask {
    void run() throws IOException;
  }

  private Future<Void> onRepository(RepositoryTask task) {
    Promise<Void> done = Promise.promise();
    var caller = Vertx.currentContext();
    repository.execute(
        () -> {
          Optional<Throwable> failure = attempt(task);
          Runnable settle = () -> failure.ifPresentOrElse(done::fail, done::complete);
          if (caller == null) {
            settle.run();
          } else {
            caller.runOnContext(ignored -> settle.run());
          }
        });
    return done.future();
  }

  private static Optional<Throwable> attempt(RepositoryTask task) {
    try {
      task.run();
      return Optional.empty();
    } catch (IOException | RuntimeException failure) {
      return Optional.of(failure);
    }
  }
}
