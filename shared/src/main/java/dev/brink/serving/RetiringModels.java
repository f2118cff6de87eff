package dev.brink.serving;

import dev.brink.resilience.Ticker;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
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

  /** Has {@code model} found by its sequences; {@link #retire} follows when it has a successor. */
  void add(LoadedModel model) {
    all.add(new Retiring(model, ticker.nanos()));
  }

  /** Retires {@code model}; says whether it goes on, and is not to be closed yet. */
  boolean retire(LoadedModel model) {
    boolean goesOn = model.retire();
    if (!goesOn) {
      all.removeIf(one -> one.model() == model);
    }
    return goesOn;
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

  /** Closes those of the model called {@code name}, but for {@code kept}. */
  void close(String name, Collection<LoadedModel> kept) {
    all.stream()
        .filter(one -> one.model().name().equals(name) && !kept.contains(one.model()))
        .forEach(this::close);
  }

  private void close(Retiring retiring) {
    all.remove(retiring);
    retiring.model().close();
  }
}
