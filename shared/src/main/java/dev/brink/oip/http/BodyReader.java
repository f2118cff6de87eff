package dev.brink.oip.http;

import dev.brink.inference.InferenceError;
import dev.brink.oip.intake.ArrayArrival;
import dev.brink.oip.intake.Arrival;
import dev.brink.oip.intake.Body;
import dev.brink.oip.intake.MemoryLease;
import dev.brink.oip.intake.PieceArrival;
import dev.brink.oip.rules.Alarm;
import dev.brink.oip.rules.OipSettings;
import io.netty.buffer.ByteBuf;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.buffer.BufferInternal;
import java.time.Duration;

/**
 * Reads one request's body: bounded in size, in chunks and in time, its memory taken from the
 * server's budget as the bytes come, not as they are announced. Of a request that breaks a bound
 * the rest is read and dropped for a moment, so that a caller who writes first and reads later sees
 * the answer; then its connection is closed.
 */
final class BodyReader {

  private static final int MAX_CHUNKS = 65_536;

  /** From here on a body of known length is received into one array of that length. */
  private static final int LARGE = 64 << 10;

  private static final Duration RETRY = Duration.ofSeconds(1);
  private static final long LINGER_MILLIS = 2_000;

  private final Exchange exchange;
  private final HttpServerRequest request;
  private final OipSettings settings;
  private final MemoryLease lease;
  private final Promise<Body> promise = Promise.promise();

  private Arrival arrival;
  private int chunks;
  private boolean counting;
  private boolean refused;

  BodyReader(Exchange exchange, OipSettings settings, MemoryLease lease) {
    this.exchange = exchange;
    this.request = exchange.request();
    this.settings = settings;
    this.lease = lease;
  }

  Future<Body> read() {
    exchange.onGone(() -> promise.tryFail(gone()));
    request.exceptionHandler(failure -> promise.tryFail(gone()));
    request.handler(piece -> append(((BufferInternal) piece).getByteBuf()));
    request.endHandler(end -> complete());
    acceptHead();
    if (!promise.future().isComplete()) {
      Alarm late = Alarm.after(settings.bodyTimeout().toNanos(), exchange.context(), this::expire);
      promise.future().onComplete(any -> late.callOff());
    }
    request.resume();
    return promise.future();
  }

  private void acceptHead() {
    long announced = announced(exchange);
    counting = announced < 0 && request.version() != HttpVersion.HTTP_2;
    boolean large = announced >= LARGE && announced <= settings.maxBodyBytes();
    arrival = large ? new ArrayArrival((int) announced, lease) : new PieceArrival(lease);
    if (large) {
      TakenBody.give(request, this::append);
    }
    if (announced > settings.maxBodyBytes()) {
      refuse(tooLarge());
    } else if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      request.response().writeContinue();
    }
  }

  static InferenceError noMemory() {
    return new InferenceError.Overloaded("no memory left for request bodies", RETRY);
  }

  /** What the head says of the body's length; -1 where it does not. */
  static long announced(Exchange exchange) {
    String length = exchange.header(HttpHeaders.CONTENT_LENGTH);
    try {
      return length.isEmpty() ? -1 : Long.parseLong(length);
    } catch (NumberFormatException noNumber) {
      return -1;
    }
  }

  private void append(ByteBuf piece) {
    if (promise.future().isComplete()) {
      return;
    }
    if (counting && ++chunks > MAX_CHUNKS) {
      refuse(tooManyChunks());
    } else if (piece.readableBytes() > settings.maxBodyBytes() - arrival.length()) {
      refuse(tooLarge());
    } else if (!arrival.add(piece)) {
      refuse(noMemory());
    }
  }

  private void complete() {
    if (refused) {
      closeUnlessShared();
      return;
    }
    String encoding = request.getHeader(HttpHeaders.CONTENT_ENCODING);
    promise.tryComplete(arrival.body(encoding == null ? "" : encoding.strip()));
  }

  private void expire() {
    Answers.error(exchange.response(), 408, "the request's body did not arrive in time");
    promise.tryFail(gone());
    exchange.abort();
  }

  private void refuse(InferenceError error) {
    refused = true;
    arrival = new PieceArrival(lease);
    if (request.version() != HttpVersion.HTTP_2) {
      exchange.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    promise.tryFail(error.asException());
    exchange.vertx().setTimer(LINGER_MILLIS, id -> closeUnlessRead());
  }

  private void closeUnlessRead() {
    if (!request.isEnded()) {
      exchange.abort();
    }
  }

  private void closeUnlessShared() {
    if (request.version() != HttpVersion.HTTP_2) {
      exchange.abort();
    }
  }

  private static RuntimeException gone() {
    return new InferenceError.Cancelled("the caller has gone").asException();
  }

  private static InferenceError tooManyChunks() {
    return new InferenceError.InvalidRequest(
        "Chunked request body exceeds maximum of " + MAX_CHUNKS + " non-empty chunks");
  }

  private InferenceError tooLarge() {
    return new InferenceError.TooLarge(
        "request body exceeds the maximum allowed input size of %d bytes"
            .formatted(settings.maxBodyBytes()));
  }
}
