package dev.brink.serving;

import dev.brink.inference.InferenceRequest;
import dev.brink.resilience.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Versions that have a successor and go on for the sequences that began on them: until these have
 * ended or have been forgotten, and no longer than {@link #LONGEST}. One for each model.
 */
final class RetiringModels {

  static final Duration LONGEST = Duration.ofMinutes(10);

  private record Retiring(LoadedModel model, long sinceNanos) {}

  private final List<Retiring> all = new CopyOnWriteArrayList<>();
  private final Ticker ticker;

  RetiringModels(Ticker ticker) {
    this.ticker = ticker;
  }

  /** Retires {@code model}; says whether it goes on, and is not to be closed yet. */
  boolean add(LoadedModel model) {
    if (!model.retire()) {
      return false;
    }
    all.add(new Retiring(model, ticker.nanos()));
    return true;
  }

  /** That in which the sequence of {@code request} is under way; read by every request. */
  Optional<LoadedModel> find(InferenceRequest request) {
    for (Retiring retiring : all) {
      LoadedModel model = retiring.model();
      if (model.name().equals(request.modelName())
          && (request.modelVersion().isEmpty() || request.modelVersion().equals(model.version()))
          && model.continues(request)) {
        return Optional.of(model);
      }
    }
    return Optional.empty();
  }

  List<LoadedModel> all() {
    return all.stream().map(Retiring::model).toList();
  }

  /** Whether {@link #close} would close any. */
  boolean hasDone() {
    return all.stream().anyMatch(this::isDone);
  }

  private boolean isDone(Retiring retiring) {
    return retiring.model().sequenceCount() == 0
        || ticker.nanos() - retiring.sinceNanos() > LONGEST.toNanos();
  }

  /** Closes those that are done. */
  void close() {
    all.stream().filter(this::isDone).forEach(this::close);
  }

  /** Closes those of the model called {@code name}. */
  void close(String name) {
    all.stream().filter(one -> one.model().name().equals(name)).forEach(this::close);
  }

  private void close(Retiring retiring) {
    all.remove(retiring);
    retiring.model().close();
  }
}
