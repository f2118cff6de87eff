package dev.brink.cloud.once;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.brink.cloud.once.KeyStore.Claimed;
import dev.brink.cloud.once.KeyStore.Finished;
import dev.brink.cloud.once.KeyStore.Running;
import dev.brink.inference.Deferral;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceError.Conflict;
import dev.brink.inference.InferenceError.DeadlineExceeded;
import dev.brink.inference.InferenceError.Internal;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.RequestContext;
import dev.brink.inference.RequestFingerprint;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.oip.wire.WireResponses;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a request with an idempotency key once: a repetition gets the first run's answer, one that
 * comes meanwhile waits for it. Only answers are remembered, and no answer goes out before it is;
 * what failed may be run again, and so may a run that died with its node. At debug level each run
 * that came to an answer is told with its key, and again when that answer is remembered.
 */
public final class Once implements InferenceService {

  private static final Logger LOG = LoggerFactory.getLogger(Once.class);
  private static final int FINGERPRINT_LENGTH = 64;
  private static final long FIRST_LOOK_MILLIS = 20;
  private static final long SLOWEST_LOOK_MILLIS = 500;

  private final Vertx vertx;
  private final InferenceService service;
  private final KeyStore keys;
  private final OnceSettings settings;
  private final Ticker ticker;
  private final LongAdder executed = new LongAdder();
  private final LongAdder repeated = new LongAdder();

  public Once(
      Vertx vertx, InferenceService service, KeyStore keys, OnceSettings settings, Ticker ticker) {
    this.vertx = vertx;
    this.service = service;
    this.keys = keys;
    this.settings = settings;
    this.ticker = ticker;
  }

  /** Requests with a key that were run to an answer here. */
  public long executed() {
    return executed.sum();
  }

  /** Requests with a key that were answered with an earlier run's answer. */
  public long repeated() {
    return repeated.sum();
  }

  @Override
  public Future<InferenceResult> infer(InferenceRequest request) {
    return request.context().idempotencyKey().isEmpty()
        ? service.infer(request)
        : inferOnce(request, Call.of(request), FIRST_LOOK_MILLIS);
  }

  @Override
  public Optional<InferenceError> refusal(String model, String version) {
    return service.refusal(model, version);
  }

  private Future<InferenceResult> inferOnce(InferenceRequest request, Call call, long lookMillis) {
    long left = request.context().deadline().remainingNanos(ticker.nanos());
    if (left <= 0) {
      return InferenceException.failed(
          new DeadlineExceeded("the first run of this key is not finished"));
    }
    return keys.claim(call.key(), call.claim(), settings.grace().plusNanos(left))
        .compose(
            standing ->
                switch (standing) {
                  case Claimed claimed -> run(request, call);
                  case Running running -> await(running, request, call, lookMillis);
                  case Finished finished -> Future.succeededFuture(repeat(finished, request, call));
                });
  }

  private Future<InferenceResult> run(InferenceRequest request, Call call) {
    return service
        .infer(request)
        .compose(
            result -> remember(result, call),
            failure ->
                keys.release(call.key(), call.claim())
                    .transform(released -> Future.failedFuture(failure)));
  }

  /** An answer that cannot be remembered is still an answer. */
  private Future<InferenceResult> remember(InferenceResult result, Call call) {
    return switch (result) {
      case InferenceResponse response -> {
        executed.increment();
        tell("run", call);
        Buffer kept = Buffer.buffer(call.fingerprint());
        kept.appendBytes(WireResponses.toMessage(response).toByteArray());
        yield keys.finish(call.key(), call.claim(), kept, settings.ttl())
            .transform(
                stored -> {
                  if (stored.succeeded()) {
                    tell("remembered", call);
                  } else {
                    LOG.atWarn()
                        .addKeyValue("error", stored.cause().toString())
                        .log("answer not remembered");
                  }
                  return Future.succeededFuture(result);
                });
      }
      case Deferral deferral ->
          keys.release(call.key(), call.claim())
              .transform(released -> Future.succeededFuture(result));
    };
  }

  private static void tell(String what, Call call) {
    LOG.atDebug().addKeyValue("key", call.key()).log(what);
  }

  private Future<InferenceResult> await(
      Running running, InferenceRequest request, Call call, long lookMillis) {
    requireSame(running.claim(), call);
    long left = request.context().deadline().remainingNanos(ticker.nanos());
    long wait = Math.max(1, Math.min(lookMillis, TimeUnit.NANOSECONDS.toMillis(left)));
    return vertx
        .timer(wait, TimeUnit.MILLISECONDS)
        .compose(due -> inferOnce(request, call, Math.min(lookMillis * 2, SLOWEST_LOOK_MILLIS)));
  }

  private InferenceResult repeat(Finished finished, InferenceRequest request, Call call) {
    requireSame(finished.result(), call);
    repeated.increment();
    Buffer kept = finished.result();
    try {
      byte[] message = kept.getBytes(FINGERPRINT_LENGTH, kept.length());
      return WireResponses.toResponse(ModelInferResponse.parseFrom(message)).withId(request.id());
    } catch (InvalidProtocolBufferException damaged) {
      throw new Internal("the remembered answer cannot be read").asException();
    }
  }

  private static void requireSame(Buffer entry, Call call) {
    if (!entry.getString(0, FINGERPRINT_LENGTH).equals(call.fingerprint())) {
      throw new Conflict("Idempotency-Key: used before for another request").asException();
    }
  }

  /** One arrival of a request. */
  private record Call(String key, String fingerprint, Buffer claim) {

    static Call of(InferenceRequest request) {
      RequestContext context = request.context();
      String fingerprint = RequestFingerprint.of(request);
      Buffer claim = Buffer.buffer(fingerprint + UUID.randomUUID(), StandardCharsets.UTF_8.name());
      return new Call(context.tenant() + '/' + context.idempotencyKey(), fingerprint, claim);
    }
  }
}
