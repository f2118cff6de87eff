package dev.brink.edge.outbox;

import dev.brink.config.Secret;
import dev.brink.edge.outbox.store.Job;
import dev.brink.edge.outbox.store.JobState;
import dev.brink.edge.outbox.store.JobStore;
import dev.brink.oip.json.OutputEncoding;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends outcomes to the addresses their callers named: a signed POST, repeated until it is answered
 * with 2xx or given up. At least once: a receiver tells repeats apart by the job's id.
 */
final class Callbacks {

  private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);
  private static final int AT_ONCE = 8;
  private static final long LOOK_MILLIS = 1_000;

  private final Vertx vertx;
  private final Context context;
  private final JobStore store;
  private final CallbackSettings settings;
  private final CallbackPolicy policy;
  private final CallbackSignature signature;
  private final InstantSource wall;
  private final RandomGenerator random;
  private final Backoff backoff = new Backoff(Duration.ofSeconds(5), Duration.ofMinutes(10));
  private final HttpClient client;
  private boolean busy;
  private long timer = -1;

  Callbacks(
      Vertx vertx,
      JobStore store,
      CallbackSettings settings,
      InstantSource wall,
      RandomGenerator random) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.store = store;
    this.settings = settings;
    this.policy = new CallbackPolicy(settings.allow());
    this.signature =
        new CallbackSignature(settings.secret().map(Secret::value).orElse("none configured"));
    this.wall = wall;
    this.random = random;
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions().setConnectTimeout((int) settings.timeout().toMillis()));
  }

  void start() {
    context.runOnContext(ignored -> timer = vertx.setPeriodic(LOOK_MILLIS, tick -> look()));
  }

  Future<Void> stop() {
    vertx.cancelTimer(timer);
    return client.close();
  }

  private void look() {
    if (!busy) {
      busy = true;
      deliver().onComplete(done -> context.runOnContext(ignored -> busy = false));
    }
  }

  /** Sends what is to be sent now. */
  Future<Void> deliver() {
    return store.openCallbacks(AT_ONCE).compose(jobs -> Future.join(deliverAll(jobs))).mapEmpty();
  }

  private List<Future<Void>> deliverAll(List<Job> jobs) {
    return jobs.stream().map(this::deliver).toList();
  }

  private Future<Void> deliver(Job job) {
    return body(job)
        .compose(body -> post(job, body))
        .compose(ok -> store.callbackDone(job.id()), failure -> failed(job, failure));
  }

  private Future<Void> failed(Job job, Throwable failure) {
    boolean last = job.callbackAttempts() + 1 >= settings.maxAttempts();
    LOG.atWarn()
        .addKeyValue("job", job.id())
        .addKeyValue("error", failure.getMessage())
        .addKeyValue("attempts", job.callbackAttempts() + 1)
        .log(last ? "callback given up" : "callback failed");
    return last
        ? store.callbackDone(job.id())
        : store.callbackLater(job.id(), backoff.delay(job.callbackAttempts() + 1, random));
  }

  private Future<Buffer> body(Job job) {
    JsonObject about = JobJson.of(job);
    if (job.state() != JobState.DONE) {
      return Future.succeededFuture(new JsonObject().put("job", about).toBuffer());
    }
    return store
        .result(job)
        .compose(
            kept -> vertx.executeBlocking(() -> withResponse(about, kept.orElseThrow()), false));
  }

  private static Buffer withResponse(JsonObject about, byte[] kept) {
    return Buffer.buffer("{\"job\":")
        .appendBuffer(about.toBuffer())
        .appendString(",\"response\":")
        .appendBuffer(JobAnswer.of(kept, OutputEncoding.JSON).body())
        .appendString("}");
  }

  private Future<Void> post(Job job, Buffer body) {
    try {
      // Again, because the list of allowed hosts may have become shorter since the job was taken.
      policy.require(job.callback());
    } catch (RuntimeException refused) {
      return Future.failedFuture(refused);
    }
    String timestamp = Long.toString(wall.instant().getEpochSecond());
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setAbsoluteURI(job.callback())
            .setFollowRedirects(false)
            .putHeader("Content-Type", "application/json")
            .putHeader("Brink-Job-Id", job.id())
            .putHeader("Brink-Timestamp", timestamp)
            .putHeader("Brink-Signature", signature.of(timestamp, body));
    return client.request(options).compose(request -> send(request, body));
  }

  private Future<Void> send(HttpClientRequest request, Buffer body) {
    return request
        .send(body)
        .timeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(late -> request.reset())
        .compose(Callbacks::judge);
  }

  private static Future<Void> judge(HttpClientResponse response) {
    response.handler(unread -> {});
    return response.statusCode() / 100 == 2
        ? Future.succeededFuture()
        : Future.failedFuture("status " + response.statusCode());
  }
}
