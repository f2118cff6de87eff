package dev.brink.edge.outbox;

import dev.brink.edge.outbox.store.ClaimedJob;
import dev.brink.edge.outbox.store.Job;
import dev.brink.edge.outbox.store.JobState;
import dev.brink.edge.outbox.store.JobStore;
import dev.brink.inference.Cancellation;
import dev.brink.inference.Deadline;
import dev.brink.inference.Deferral;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceError.Internal;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.RequestContext;
import dev.brink.oip.wire.WireError;
import dev.brink.resilience.Ticker;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends queued jobs while the link is up, as many at a time as the pace and live traffic leave room
 * for. A job's id is its idempotency key, so that a repeated attempt runs nothing twice. All state
 * belongs to one Vert.x context.
 */
final class Drain {

  private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

  private static final int LOWEST_PRIORITY = 1_000;
  private static final long TICK_MILLIS = 100;
  private static final long RETRY_WRITE_MILLIS = 1_000;
  private static final long TELL_NANOS = Duration.ofMinutes(1).toNanos();

  private final Vertx vertx;
  private final Context context;
  private final JobStore store;
  private final InferenceService uplink;
  private final BooleanSupplier linkUp;
  private final IntSupplier room;
  private final Runnable onFinished;
  private final DrainSettings settings;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final Backoff backoff;
  private final DrainPace pace;
  private final Map<String, Cancellation> inFlight = new HashMap<>();
  private boolean wasUp;
  private boolean claiming;
  private boolean stopped;
  private long timer = -1;
  private long toldNanos;

  /**
   * @param room how many jobs the uplink takes now beside live traffic
   * @param onFinished called after a job has ended
   */
  Drain(
      Vertx vertx,
      JobStore store,
      InferenceService uplink,
      BooleanSupplier linkUp,
      IntSupplier room,
      Runnable onFinished,
      DrainSettings settings,
      Ticker ticker,
      RandomGenerator random) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.store = store;
    this.uplink = uplink;
    this.linkUp = linkUp;
    this.room = room;
    this.onFinished = onFinished;
    this.settings = settings;
    this.ticker = ticker;
    this.random = random;
    this.toldNanos = ticker.nanos() - TELL_NANOS;
    this.backoff = new Backoff(settings.minBackoff(), settings.maxBackoff());
    this.pace =
        new DrainPace(settings.concurrency(), settings.startJitter(), random, ticker.nanos());
  }

  void start() {
    onContext(() -> timer = vertx.setPeriodic(TICK_MILLIS, ignored -> tick()));
  }

  /** No further job is sent; those under way are left to the next start. */
  Future<Void> stop() {
    Promise<Void> done = Promise.promise();
    onContext(
        () -> {
          stopped = true;
          vertx.cancelTimer(timer);
          List.copyOf(inFlight.values()).forEach(Cancellation::cancel);
          done.complete();
        });
    return done.future();
  }

  /** Cancels the attempt of a job that its owner has withdrawn. */
  void cancel(String id) {
    onContext(
        () -> {
          Cancellation attempt = inFlight.get(id);
          if (attempt != null) {
            attempt.cancel();
          }
        });
  }

  private void onContext(Runnable action) {
    context.runOnContext(ignored -> action.run());
  }

  /** Sends what may be sent now, without waiting for the next look. */
  Future<Void> wake() {
    Promise<Void> done = Promise.promise();
    onContext(
        () -> {
          tick();
          done.complete();
        });
    return done.future();
  }

  private void tick() {
    boolean up = linkUp.getAsBoolean();
    if (up && !wasUp) {
      pace.linkUp(ticker.nanos());
    } else if (wasUp && !up) {
      // Nobody is left to answer: waiting for that would keep the slots taken when the link is
      // back.
      List.copyOf(inFlight.values()).forEach(Cancellation::cancel);
    }
    wasUp = up;
    int permits = Math.min(pace.permits(inFlight.size(), ticker.nanos()), room.getAsInt());
    if (up && !stopped && !claiming && permits > 0 && hasQueued()) {
      claim(permits);
    }
  }

  private boolean hasQueued() {
    return store.usage().count(JobState.QUEUED) > 0;
  }

  private void claim(int permits) {
    claiming = true;
    store
        .claim(permits)
        .onComplete(
            claimed -> {
              claiming = false;
              if (claimed.succeeded()) {
                claimed.result().forEach(this::send);
              }
            });
  }

  private void send(ClaimedJob claim) {
    long start = ticker.nanos();
    Cancellation cancellation = new Cancellation();
    inFlight.put(claim.job().id(), cancellation);
    attempt(claim, cancellation)
        .onComplete(
            answer -> onContext(() -> answered(claim.job(), answer, ticker.nanos() - start)));
  }

  private Future<InferenceResult> attempt(ClaimedJob claim, Cancellation cancellation) {
    try {
      RequestContext attempt = attemptOf(claim.job(), cancellation);
      InferenceRequest request = JobCodec.toRequest(claim.request(), attempt);
      return uplink.infer(request.withContext(attempt));
    } catch (InferenceException damaged) {
      return Future.failedFuture(damaged);
    }
  }

  private RequestContext attemptOf(Job job, Cancellation cancellation) {
    int rank = job.priority() == 0 ? LOWEST_PRIORITY : Math.min(job.priority(), LOWEST_PRIORITY);
    return new RequestContext(
        Deadline.after(settings.attemptTimeout(), ticker.nanos()),
        RequestContext.BACKGROUND + rank,
        job.tenant(),
        job.traceparent(),
        job.id(),
        cancellation);
  }

  private void answered(Job job, AsyncResult<InferenceResult> answer, long latencyNanos) {
    if (answer.succeeded()) {
      switch (answer.result()) {
        case InferenceResponse response -> completed(job, response, latencyNanos);
        case Deferral deferral ->
            failed(job, new Internal("the cloud deferred a job"), latencyNanos);
      }
    } else {
      failed(job, InferenceException.errorOf(answer.cause()), latencyNanos);
    }
  }

  private void completed(Job job, InferenceResponse response, long latencyNanos) {
    long queue = response.provenance().timings().queue();
    pace.answered(job.model(), latencyNanos, queue, ticker.nanos());
    InferenceResponse named = response.withProvenance(response.provenance().withJob(job.id()));
    write(job, () -> store.complete(job.id(), () -> JobCodec.toBytes(named)));
  }

  private void failed(Job job, InferenceError error, long latencyNanos) {
    switch (Verdict.of(error, job, settings)) {
      case Verdict.GiveUp giveUp -> {
        LOG.atWarn()
            .addKeyValue("job", job.id())
            .addKeyValue("model", job.model())
            .addKeyValue("error", error.message())
            .log("job failed");
        write(job, () -> store.fail(job.id(), WireError.of(error)));
      }
      case Verdict.Again again -> {
        tellOperator(job, error);
        tellPace(error, again.retryAfter(), latencyNanos);
        Duration delay = backoff.delay(job.attempts(), random);
        Duration wait = delay.compareTo(again.retryAfter()) > 0 ? delay : again.retryAfter();
        write(job, () -> store.putBack(job.id(), WireError.of(error), again.fault(), wait));
      }
    }
  }

  /** Not of every job: all of them are refused until somebody has mended it. */
  private void tellOperator(Job job, InferenceError error) {
    boolean refused =
        error instanceof InferenceError.Unauthenticated
            || error instanceof InferenceError.Forbidden;
    long now = ticker.nanos();
    if (refused && now - toldNanos >= TELL_NANOS) {
      toldNanos = now;
      LOG.atWarn()
          .addKeyValue("job", job.id())
          .addKeyValue("tenant", job.tenant())
          .addKeyValue("error", error.message())
          .log("the cloud refuses this site's jobs; they are kept and sent again");
    }
  }

  /**
   * A line that broke, and an owner or a link that has gone, say nothing of the cloud; a job that
   * waited for nothing all the time it had does.
   */
  private void tellPace(InferenceError error, Duration retryAfter, long latencyNanos) {
    boolean timedOut = latencyNanos >= settings.attemptTimeout().toNanos() / 2;
    boolean refused =
        switch (error) {
          case InferenceError.Cancelled gone -> false;
          case InferenceError.Unavailable broken -> timedOut;
          default -> true;
        };
    if (refused) {
      pace.pushedBack(retryAfter, ticker.nanos());
    }
  }

  /**
   * Repeats until it is on disk: the slot stays taken, so that no more is sent than can be kept.
   */
  private void write(Job job, Supplier<Future<?>> change) {
    change
        .get()
        .onComplete(
            written ->
                onContext(
                    () -> {
                      if (written.succeeded() || stopped) {
                        settled(job);
                      } else {
                        vertx.setTimer(RETRY_WRITE_MILLIS, ignored -> write(job, change));
                      }
                    }));
  }

  private void settled(Job job) {
    inFlight.remove(job.id());
    onFinished.run();
    tick();
  }

  int inFlight() {
    return inFlight.size();
  }
}
