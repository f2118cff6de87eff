package dev.brink.serving;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.model.ModelState;
import dev.brink.resilience.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/** The models that this node knows, by name; read by every request. */
final class HostedModels {

  private final Map<String, HostedModel> models = new ConcurrentSkipListMap<>();
  private final RetiringModels retiring;

  HostedModels(Ticker ticker) {
    this.retiring = new RetiringModels(ticker);
  }

  void put(String name, HostedModel model) {
    models.put(name, model);
  }

  void remove(String name) {
    models.remove(name);
  }

  void clear() {
    models.clear();
  }

  Optional<HostedModel> find(String name) {
    return Optional.ofNullable(models.get(name));
  }

  Collection<HostedModel> all() {
    return models.values();
  }

  List<LoadedModel> ready() {
    List<LoadedModel> ready = new ArrayList<>();
    models.values().forEach(model -> ready.addAll(model.ready()));
    return ready;
  }

  /** Those that go on for their sequences alone; nothing here names them. */
  RetiringModels retiring() {
    return retiring;
  }

  /** Those in service and those being retired. */
  List<LoadedModel> open() {
    List<LoadedModel> open = ready();
    open.addAll(retiring.all());
    return open;
  }

  /**
   * Who is to answer {@code request}.
   *
   * @throws InferenceException as {@link #require(String, String)}
   */
  LoadedModel require(InferenceRequest request) {
    return holder(request).orElseGet(() -> require(request.modelName(), request.modelVersion()));
  }

  /** As {@link #require(InferenceRequest)}, empty where that throws. */
  Optional<LoadedModel> ready(InferenceRequest request) {
    return holder(request).or(() -> ready(request.modelName(), request.modelVersion()));
  }

  /** That in which the sequence of {@code request} is under way. */
  private Optional<LoadedModel> holder(InferenceRequest request) {
    return request.parameters().has("sequence_id")
        ? meant(request).filter(model -> model.continues(request)).findFirst()
        : Optional.empty();
  }

  /**
   * Told that {@code taker} has taken {@code request}: what begins there has no state elsewhere.
   */
  void taken(InferenceRequest request, LoadedModel taker) {
    if (Sequences.begins(request)) {
      meant(request).filter(other -> other != taker).forEach(other -> other.abandon(request));
    }
  }

  private Stream<LoadedModel> meant(InferenceRequest request) {
    return open(request.modelName())
        .filter(model -> isMeant(model.version(), request.modelVersion()));
  }

  private static boolean isMeant(String version, String stated) {
    return stated.isEmpty() || stated.equals(version);
  }

  /**
   * Those in service, the latest first, and then those being retired: read in this order, since
   * what is replaced is among the latter before it leaves the former.
   */
  private Stream<LoadedModel> open(String name) {
    List<LoadedModel> open = new ArrayList<>();
    find(name).ifPresent(model -> open.addAll(model.ready().reversed()));
    open.addAll(retiring.all());
    return open.stream().filter(model -> model.name().equals(name));
  }

  /** Whether a request that names these may be answered here. */
  boolean mayAnswer(String name, String version) {
    return ready(name, version).isPresent()
        || retiring.all().stream()
            .anyMatch(model -> model.name().equals(name) && isMeant(model.version(), version));
  }

  /** As {@link #require(String, String)}, empty where that throws. */
  Optional<LoadedModel> ready(String name, String version) {
    try {
      return Optional.of(require(name, version));
    } catch (InferenceException notThere) {
      return Optional.empty();
    }
  }

  /**
   * The version in service that {@code version} names, or the latest where it is empty.
   *
   * @throws InferenceException as {@link dev.brink.model.ModelCatalog#describe} does
   */
  LoadedModel require(String name, String version) {
    HostedModel model = models.get(name);
    if (model == null) {
      throw unknown("'%s' is not found".formatted(name));
    }
    if (version.isEmpty()) {
      return model
          .latest()
          .orElseThrow(() -> unknown("'%s' has no available versions".formatted(name)));
    }
    HostedModel.Version known = model.versions().get(number(version));
    if (known == null) {
      throw unknown("'%s' version %s is not found".formatted(name, version));
    }
    if (known.state() != ModelState.READY) {
      throw notReady(name, version);
    }
    return known.loaded();
  }

  static InferenceException notReady(String name, String version) {
    return new InferenceError.Unavailable(
            "Request for unknown model: '%s' version %s is not at ready state"
                .formatted(name, version),
            Duration.ofSeconds(1))
        .asException();
  }

  private static InferenceException unknown(String what) {
    return new InferenceError.UnknownModel("Request for unknown model: " + what).asException();
  }

  private static long number(String version) {
    try {
      long number = Long.parseLong(version);
      if (number > 0) {
        return number;
      }
    } catch (NumberFormatException notANumber) {
      // Refused below, like a number that no version can have.
    }
    throw InferenceError.invalid(
        "failed to get model version from specified version string '%s', version should be an"
                .formatted(version)
            + " integral value > 0");
  }
}
