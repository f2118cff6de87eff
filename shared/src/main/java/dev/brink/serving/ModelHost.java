package dev.brink.serving;

import dev.brink.config.ModelsSection;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceService;
import dev.brink.inference.LoadReport;
import dev.brink.inference.Route;
import dev.brink.model.ExecutionProvider;
import dev.brink.model.ModelActivity;
import dev.brink.model.ModelCatalog;
import dev.brink.model.ModelDescription;
import dev.brink.model.ModelSettings;
import dev.brink.model.ModelStatistics;
import dev.brink.model.ModelVersionStatus;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.Collectors;
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
  private final ModelsSection settings;
  private final HostedModels models;
  private final InferenceService inference;
  private final RepositoryThread repositoryThread = new RepositoryThread();
  private final Workers workers;
  private final Repository repository;
  private final Utilisation utilisation;
  private volatile boolean started;
  private RepositoryWatch watch;
  private long sweepTimer = -1;

  /** Of the event loop that sweeps. */
  private boolean closesRetired;

  /**
   * @param node this node's id, for provenance
   * @param route {@link Route#EDGE} or {@link Route#CLOUD}, by the node's role
   */
  public ModelHost(Vertx vertx, ModelsSection settings, String node, Route route, Ticker ticker) {
    this.vertx = vertx;
    this.settings = settings;
    this.models = new HostedModels(ticker);
    this.inference = new LocalInference(models);
    this.utilisation = new Utilisation(ticker);
    this.workers = new Workers(Runtime.getRuntime().availableProcessors(), ticker);
    ModelLoader loader =
        new ModelLoader(
            new Answerer(node, route), new SessionFactory(settings.optimized()), workers, ticker);
    this.repository = new Repository(settings.path(), loader, models);
  }

  /**
   * Tries to load every model there is. Completes when all have been tried; a model that cannot be
   * loaded is in the index with the reason. Fails where the folder cannot be read.
   */
  public Future<Void> start() {
    sweepTimer = vertx.setPeriodic(SWEEP_MILLIS, ignored -> sweep());
    return repositoryThread.run(
        () -> {
          if (!Files.isDirectory(settings.path())) {
            throw new NotDirectoryException("models.path: no such folder " + settings.path());
          }
          watch();
          repository.follow();
          started = true;
        });
  }

  /** Where the system cannot watch, commands still work. */
  private void watch() {
    if (settings.watch()) {
      try {
        watch = RepositoryWatch.start(settings.path(), this::follow);
      } catch (IOException refused) {
        LOG.warn("models are not watched error={}", refused.toString());
      }
    }
  }

  private void sweep() {
    List<LoadedModel> ready = models.ready();
    models.open().forEach(LoadedModel::sweep);
    closeRetired();
    workers.sweep();
    utilisation.sample(ready);
  }

  private void closeRetired() {
    if (!closesRetired && models.retiring().hasDone()) {
      closesRetired = true;
      repositoryThread.run(repository::closeRetired).onComplete(ignored -> closesRetired = false);
    }
  }

  /** Takes over what has changed in the folder. */
  Future<Void> follow() {
    return repositoryThread
        .run(repository::follow)
        .onFailure(failure -> LOG.warn("models not followed error={}", failure.toString()));
  }

  /** Takes nothing new, answers what waits, gives everything back. */
  public Future<Void> close() {
    return repositoryThread
        .run(
            () -> {
              if (watch != null) {
                watch.close();
              }
              repository.close();
            })
        .onComplete(
            ignored -> {
              vertx.cancelTimer(sweepTimer);
              repositoryThread.close();
              workers.close();
            });
  }

  /** Answers requests with the models in service; honours deadline, priority and cancellation. */
  public InferenceService inference() {
    return inference;
  }

  HostedModels models() {
    return models;
  }

  @Override
  public List<String> labels(String name, String version, String output) {
    return loaded(name, version).map(model -> model.labels(output)).orElse(List.of());
  }

  /** What {@code model.yaml} says of the version in service; empty where there is none. */
  public Optional<ModelSettings> settings(String name, String version) {
    return loaded(name, version).map(LoadedModel::settings);
  }

  /**
   * What {@code model.yaml} says of the version that would answer {@code request}, which for a step
   * is the one that its sequence began on; empty where there is none.
   */
  public Optional<ModelSettings> settings(InferenceRequest request) {
    return models.ready(request).map(LoadedModel::settings);
  }

  /** Whether what would answer {@code request} goes on where the sequence's last run ended. */
  public boolean keepsSequences(InferenceRequest request) {
    return settings(request).flatMap(ModelSettings::sequence).isPresent();
  }

  /**
   * Whether a request that names these may be answered here; some versions go on for steps only.
   */
  public boolean mayAnswer(String name, String version) {
    return models.mayAnswer(name, version);
  }

  /**
   * Names what answers now: another version, or the same loaded anew, has another; empty where the
   * model is not in service.
   */
  public Optional<String> generation(String name, String version) {
    return loaded(name, version).map(LoadedModel::generation);
  }

  /** How long {@code request} would take here now; empty where nothing would answer it. */
  public Optional<RunEstimate> estimate(InferenceRequest request) {
    return models.ready(request).map(model -> model.estimate(request.context().priority()));
  }

  /** How loaded this node's models are; the credits are what their queues have room for. */
  public LoadReport load() {
    return utilisation.report(models.ready());
  }

  private Optional<LoadedModel> loaded(String name, String version) {
    return models.ready(name, version);
  }

  @Override
  public List<ModelVersionStatus> index() {
    return models.all().stream().flatMap(model -> model.status().stream()).toList();
  }

  @Override
  public boolean isReady() {
    return started
        && settings.required().stream()
            .allMatch(name -> models.find(name).flatMap(HostedModel::latest).isPresent());
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
        model.settings().sequence().isPresent(),
        Map.of(
            "execution_provider", model.providers(),
            "execution_provider_order", order(model),
            "execution_device", model.devices(),
            "batch_effect", model.effect().word(),
            "learned_rows", Integer.toString(model.activity().learnedRows()),
            "run_micros", micros(model.profile().known())));
  }

  /** What it should run on, the best first: where the best is not in use, this node lacks it. */
  private static String order(LoadedModel model) {
    return model.settings().runtime().providers().stream()
        .map(ExecutionProvider::word)
        .collect(Collectors.joining(","));
  }

  /** Such as {@code 1:98,2:121}: rows of a run, and how long it is expected to take. */
  private static String micros(SortedMap<Integer, Long> runNanos) {
    return runNanos.entrySet().stream()
        .map(run -> run.getKey() + ":" + run.getValue() / 1000)
        .collect(Collectors.joining(","));
  }

  @Override
  public List<ModelActivity> activity() {
    return models.ready().stream().map(LoadedModel::activity).toList();
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
    if (config.isEmpty() && !files.isEmpty()) {
      return InferenceException.failed(
          new InferenceError.InvalidRequest(
              "failed to load '%s', override of model files needs a 'config'".formatted(name)));
    }
    return repositoryThread.run(
        () -> {
          if (config.isPresent()) {
            repository.load(name, config.get(), files);
          } else {
            repository.load(name);
          }
        });
  }

  @Override
  public Future<Void> unload(String name) {
    return repositoryThread.run(() -> repository.unload(name));
  }
}
