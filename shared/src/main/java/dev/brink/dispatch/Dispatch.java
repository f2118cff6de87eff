package dev.brink.dispatch;

import dev.brink.inference.Cancellation;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.routing.Target;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** One request on its way: at most one retry and one hedge, and the first answer wins. */
final class Dispatch {

  private static final int MOST_TARGETS = 3;
  private static final Duration WATCH = Duration.ofMillis(500);
  private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private final Dispatcher dispatcher;
  private final InferenceRequest request;
  private final BooleanSupplier pays;
  private final long started;
  private final Promise<Dispatched> promise = Promise.promise();
  private final Set<String> asked = new HashSet<>();
  private final List<Attempt> underWay = new ArrayList<>(2);
  private Runnable hedgeTimer = () -> {};
  private Runnable watchTimer = () -> {};
  private boolean done;
  private Runnable outcome = () -> {};

  private record Attempt(Target.Call call, Cancellation cancellation) {}

  Dispatch(Dispatcher dispatcher, InferenceRequest request, BooleanSupplier pays) {
    this.dispatcher = dispatcher;
    this.request = request;
    this.pays = pays;
    this.started = dispatcher.now();
  }

  Future<Dispatched> start(Target first) {
    alone(() -> begin(first));
    return promise.future();
  }

  private void begin(Target first) {
    request.context().cancellation().onCancel(this::cancelled);
    if (!done) {
      ask(dispatcher.pool().start(first, request.modelName(), request.inputBytes()));
      armHedge(first);
      armWatch();
    }
  }

  /**
   * One step at a time; the caller hears of the outcome when nobody is held up by what he does with
   * it. A step may lead to the next at once.
   */
  private void alone(Runnable step) {
    if (Thread.holdsLock(this)) {
      step.run();
      return;
    }
    Runnable told;
    synchronized (this) {
      step.run();
      told = outcome;
      outcome = () -> {};
    }
    told.run();
  }

  private void ask(Target.Call begun) {
    Target.Call call = dispatcher.isPatient() ? begun.lettingOthersPass() : begun;
    Cancellation cancellation = request.context().cancellation().child();
    Attempt attempt = new Attempt(call, cancellation);
    asked.add(call.target().name());
    underWay.add(attempt);
    dispatcher
        .client()
        .infer(
            call.target().name(),
            request.withContext(request.context().withCancellation(cancellation)),
            dispatcher.limit(request))
        .onComplete((response, failure) -> alone(() -> ended(attempt, response, failure)));
  }

  private void ended(Attempt attempt, InferenceResponse response, Throwable failure) {
    boolean awaited = underWay.remove(attempt);
    attempt.cancellation().detach();
    if (done || !awaited) {
      attempt.call().cancelled();
    } else if (failure == null) {
      attempt.call().succeeded(response.provenance().timings().cloud());
      finish();
      String target = attempt.call().target().name();
      Dispatched answer = new Dispatched(target, response, dispatcher.now() - started);
      outcome = () -> promise.complete(answer);
    } else {
      failed(attempt.call(), failure);
    }
  }

  /** What a target says of the request ends it; what it says of itself is worth another target. */
  private void failed(Target.Call call, Throwable failure) {
    if (!(failure instanceof InferenceException answered)) {
      late(call, unanswered(call.target()));
      return;
    }
    InferenceError error = answered.error();
    switch (error) {
      case InferenceError.Overloaded full -> refused(call, full, full.retryAfter());
      case InferenceError.Unavailable away -> refused(call, away, away.retryAfter());
      case InferenceError.StorageFull full -> refused(call, full, Duration.ZERO);
      case InferenceError.Internal ignored -> broken(call, error);
      case InferenceError.DeadlineExceeded ignored -> late(call, error);
      case InferenceError.UnknownModel ignored -> unknownModel(call, error);
      case InferenceError.InvalidRequest ignored -> answered(call, error);
      case InferenceError.Unauthenticated ignored -> answered(call, error);
      case InferenceError.Forbidden ignored -> answered(call, error);
      case InferenceError.NotFound ignored -> answered(call, error);
      case InferenceError.Conflict ignored -> answered(call, error);
      case InferenceError.TooLarge ignored -> answered(call, error);
      case InferenceError.Unsupported ignored -> answered(call, error);
      case InferenceError.Cancelled ignored -> answered(call, error);
    }
  }

  private void refused(Target.Call call, InferenceError error, Duration retryAfter) {
    call.refused(retryAfter);
    goOn(error);
  }

  private void broken(Target.Call call, InferenceError error) {
    call.broke();
    goOn(error);
  }

  private void late(Target.Call call, InferenceError error) {
    call.failed();
    goOn(error);
  }

  /** Another target may hold the model by now. */
  private void unknownModel(Target.Call call, InferenceError error) {
    call.unknownModel();
    goOn(error);
  }

  private void answered(Target.Call call, InferenceError error) {
    call.succeeded();
    fail(error);
  }

  /** Waits for the other attempt, asks another target, or gives up with {@code error}. */
  private void goOn(InferenceError error) {
    if (underWay.isEmpty() && !askAnother()) {
      fail(error);
    }
  }

  private boolean askAnother() {
    return mayAskAnother()
        && dispatcher.select(request, asked) instanceof Target next
        && dispatcher.pool().mayRetry()
        && pays.getAsBoolean()
        && askAgain(next);
  }

  private boolean askAgain(Target next) {
    ask(dispatcher.pool().startAgain(next, request.modelName(), request.inputBytes()));
    return true;
  }

  /** The state of a sequence stands on the node that saw its beginning. */
  private boolean mayAskAnother() {
    return asked.size() < MOST_TARGETS
        && dispatcher.timeLeft(request) > 0
        && request.sequence().isEmpty();
  }

  /** A request with a key must not run twice at once. */
  private void armHedge(Target first) {
    long delay = dispatcher.pool().hedgeDelayNanos(first);
    if (delay > 0 && !done && request.context().idempotencyKey().isEmpty() && mayAskAnother()) {
      hedgeTimer = dispatcher.timers().after(Duration.ofNanos(delay), () -> alone(this::hedge));
    }
  }

  private void hedge() {
    if (!done
        && asked.size() == 1
        && mayAskAnother()
        && dispatcher.select(request, asked) instanceof Target second
        && dispatcher.pool().mayHedge()
        && pays.getAsBoolean()) {
      askAgain(second);
    }
  }

  private void armWatch() {
    if (dispatcher.isPatient() && !done) {
      watchTimer = dispatcher.timers().after(WATCH, () -> alone(this::watch));
    }
  }

  /** Does not wait for the answer of a target that is gone. */
  private void watch() {
    for (Attempt attempt : List.copyOf(underWay)) {
      if (!attempt.call().target().isReachable()) {
        ended(attempt, null, new TimeoutException("its probes do not come back"));
        attempt.cancellation().cancel();
      }
    }
    armWatch();
  }

  private void cancelled() {
    alone(
        () -> {
          if (!done) {
            fail(new InferenceError.Cancelled("the caller has gone"));
          }
        });
  }

  private void fail(InferenceError error) {
    finish();
    boolean late = dispatcher.timeLeft(request) <= 0;
    InferenceError told =
        late && isOurs(error) ? new InferenceError.DeadlineExceeded(error.message()) : error;
    outcome = () -> promise.fail(told.asException());
  }

  private static boolean isOurs(InferenceError error) {
    return error instanceof InferenceError.Unavailable;
  }

  /** A loser may end while it is being cancelled, and take itself off the list. */
  private void finish() {
    done = true;
    hedgeTimer.run();
    watchTimer.run();
    for (Attempt loser : List.copyOf(underWay)) {
      loser.call().cancelled();
      loser.cancellation().cancel();
    }
  }

  private static InferenceError unanswered(Target target) {
    return new InferenceError.Unavailable(
        "cloud node '%s' did not answer".formatted(target.name()), RETRY_AFTER);
  }
}
