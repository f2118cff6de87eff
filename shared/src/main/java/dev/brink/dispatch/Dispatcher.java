package dev.brink.dispatch;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.resilience.Ticker;
import dev.brink.routing.Selection;
import dev.brink.routing.Target;
import dev.brink.routing.TargetPool;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Sends requests to the targets of a pool. Thread-safe. */
public final class Dispatcher {

  private static final Duration ABSENT_RETRY_AFTER = Duration.ofSeconds(2);
  private static final Duration FULL_RETRY_AFTER = Duration.ofMillis(250);

  private final TargetPool pool;
  private final TargetClient client;
  private final Timers timers;
  private final Function<String, Duration> timeouts;
  private final boolean patient;
  private final Ticker ticker;

  private Dispatcher(
      TargetPool pool,
      TargetClient client,
      Timers timers,
      Function<String, Duration> timeouts,
      boolean patient,
      Ticker ticker) {
    this.pool = pool;
    this.client = client;
    this.timers = timers;
    this.timeouts = timeouts;
    this.patient = patient;
    this.ticker = ticker;
  }

  /**
   * @param timeouts of one attempt for the model of that name, within the request's deadline
   */
  public Dispatcher(
      TargetPool pool,
      TargetClient client,
      Timers timers,
      Function<String, Duration> timeouts,
      Ticker ticker) {
    this(pool, client, timers, timeouts, false, ticker);
  }

  /**
   * For requests that nobody waits for: an attempt may take {@code timeout}, but ends when its
   * target's probes no longer come back, and how long it took says nothing to those who wait.
   */
  public static Dispatcher patient(
      TargetPool pool, TargetClient client, Timers timers, Duration timeout, Ticker ticker) {
    return new Dispatcher(pool, client, timers, model -> timeout, true, ticker);
  }

  /**
   * Answers {@code request} within its deadline. Fails with {@code Unavailable} where no target
   * answers, {@code Overloaded} where all are full, {@code UnknownModel} where none holds the
   * model, {@code DeadlineExceeded} where none can answer in time.
   */
  public Future<Dispatched> dispatch(InferenceRequest request) {
    return dispatch(request, () -> true);
  }

  /**
   * The same.
   *
   * @param pays asked before a second or third call is made for the request: whether somebody pays
   *     for it
   */
  public Future<Dispatched> dispatch(InferenceRequest request, BooleanSupplier pays) {
    return switch (select(request, Set.of())) {
      case Target target -> new Dispatch(this, request, pays).start(target);
      case Selection.None none -> InferenceException.failed(refusal(none, request));
    };
  }

  /**
   * Why a request for {@code model} would find nobody who has room for it now, whatever it says and
   * however much time it has; empty where it may well be answered, or fail for another reason.
   */
  public Optional<InferenceError> refusal(String model) {
    long most = timeouts.apply(model).toNanos();
    return switch (pool.select(model, 0, most, Set.of())) {
      case Target free -> Optional.empty();
      case Selection.None none -> isFull(none) ? Optional.of(full(none)) : Optional.empty();
    };
  }

  private static boolean isFull(Selection.None none) {
    return switch (none) {
      case NO_CREDIT, REFUSING, BUSY, HOME_FULL -> true;
      case NO_TARGETS, UNHEALTHY, EXCLUDED, MODEL_NOT_HELD, TOO_LATE, HOME_FAILING -> false;
    };
  }

  private static InferenceError full(Selection.None none) {
    return new InferenceError.Overloaded(none.message(), FULL_RETRY_AFTER);
  }

  Selection select(InferenceRequest request, Set<String> asked) {
    Optional<String> sequence = request.sequence();
    return sequence.isPresent()
        ? pool.home(sequence.get(), request.modelName(), request.inputBytes())
        : pool.select(request.modelName(), request.inputBytes(), limit(request).toNanos(), asked);
  }

  boolean isPatient() {
    return patient;
  }

  TargetPool pool() {
    return pool;
  }

  TargetClient client() {
    return client;
  }

  Timers timers() {
    return timers;
  }

  long now() {
    return ticker.nanos();
  }

  long timeLeft(InferenceRequest request) {
    return request.context().deadline().remainingNanos(ticker.nanos());
  }

  Duration limit(InferenceRequest request) {
    long most = timeouts.apply(request.modelName()).toNanos();
    return Duration.ofNanos(Math.min(timeLeft(request), most));
  }

  private static InferenceError refusal(Selection.None none, InferenceRequest request) {
    return switch (none) {
      case NO_TARGETS, UNHEALTHY, EXCLUDED, HOME_FAILING ->
          new InferenceError.Unavailable(none.message(), ABSENT_RETRY_AFTER);
      case NO_CREDIT, REFUSING, BUSY, HOME_FULL -> full(none);
      case TOO_LATE -> new InferenceError.DeadlineExceeded(none.message());
      case MODEL_NOT_HELD ->
          new InferenceError.UnknownModel(
              "Request for unknown model: '%s' is not found".formatted(request.modelName()));
    };
  }
}
