package dev.brink.oip.rules;

import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.Parameters;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Asks an {@link InferenceService} and holds it to the deadline, whatever it does itself. */
public final class InferenceCall {

  private static final long NANOS_PER_MICRO = 1_000;

  private final Vertx vertx;
  private final InferenceService service;
  private final LongSupplier nanoClock;

  /**
   * @param nanoClock what {@link Deadline} is measured by
   */
  public InferenceCall(Vertx vertx, InferenceService service, LongSupplier nanoClock) {
    this.vertx = vertx;
    this.service = service;
    this.nanoClock = nanoClock;
  }

  /** The earlier of {@code limit} from now and the request's own parameter {@code timeout}. */
  public Deadline deadline(Parameters parameters, Duration limit) {
    return deadline(parameters, limit, nanoClock.getAsLong());
  }

  /**
   * As above, for a request whose body took a while to come: what the caller says counts from
   * {@code arrivedNanos} on.
   */
  public Deadline deadline(Parameters parameters, Duration limit, long arrivedNanos) {
    long micros = parameters.unsigned("timeout").orElse(0L);
    Deadline latest = Deadline.after(limit, nanoClock.getAsLong());
    return micros == 0 || micros > latest.remainingNanos(arrivedNanos) / NANOS_PER_MICRO
        ? latest
        : Deadline.after(Duration.ofNanos(micros * NANOS_PER_MICRO), arrivedNanos);
  }

  /**
   * Answers on the caller's context. At the deadline the answer is an error, and who still works on
   * the request is told that nobody waits.
   */
  public Future<InferenceResult> infer(InferenceRequest request) {
    ContextInternal context = ((VertxInternal) vertx).getOrCreateContext();
    Promise<InferenceResult> promise = context.promise();
    long left = request.context().deadline().remainingNanos(nanoClock.getAsLong());
    if (left <= 0) {
      expire(request, promise);
      return promise.future();
    }
    Alarm deadline = Alarm.after(left, context, () -> expire(request, promise));
    request.context().cancellation().onCancel(() -> abandon(deadline, promise));
    ask(request).onComplete(result -> finish(deadline, promise, result));
    return promise.future();
  }

  /** As the service says. */
  public Optional<InferenceError> refusal(String model, String version) {
    return service.refusal(model, version);
  }

  private Future<InferenceResult> ask(InferenceRequest request) {
    try {
      return service.infer(request);
    } catch (RuntimeException thrown) {
      return Future.failedFuture(thrown);
    }
  }

  private static void finish(
      Alarm deadline, Promise<InferenceResult> promise, AsyncResult<InferenceResult> r) {
    deadline.callOff();
    if (r.succeeded()) {
      promise.tryComplete(r.result());
    } else {
      promise.tryFail(r.cause());
    }
  }

  private static void abandon(Alarm deadline, Promise<InferenceResult> promise) {
    deadline.callOff();
    promise.tryFail(new InferenceError.Cancelled("the caller has gone").asException());
  }

  private static void expire(InferenceRequest request, Promise<InferenceResult> promise) {
    promise.tryFail(new InferenceError.DeadlineExceeded("the deadline has passed").asException());
    request.context().cancellation().cancel();
  }
}
