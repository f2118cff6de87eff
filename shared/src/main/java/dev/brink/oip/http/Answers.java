package dev.brink.oip.http;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.oip.json.ByteSink;
import dev.brink.oip.json.JsonWriter;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes answers; one that has been given already, or whose caller has gone, is dropped. */
final class Answers {

  static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  private Answers() {}

  static void json(HttpServerResponse response, JsonWriter body) {
    json(response, 200, body);
  }

  static void json(HttpServerResponse response, int status, JsonWriter body) {
    if (isOpen(response)) {
      response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, JSON);
      response.end(buffer(body.bytes()));
    }
  }

  static void empty(HttpServerResponse response) {
    if (isOpen(response)) {
      response.end();
    }
  }

  static void failure(HttpServerResponse response, Throwable failure) {
    InferenceError error = InferenceException.errorOf(failure);
    if (!(failure instanceof InferenceException)) {
      LOG.error("unexpected failure", failure);
    }
    error(response, error);
  }

  static void error(HttpServerResponse response, InferenceError error) {
    if (!isOpen(response)) {
      return;
    }
    HttpErrors.retryAfter(error)
        .ifPresent(seconds -> response.putHeader(HttpHeaders.RETRY_AFTER, seconds));
    error(response, HttpErrors.status(error), error.message());
  }

  static void unsupportedCoding(Exchange exchange) {
    String coding = exchange.header(HttpHeaders.CONTENT_ENCODING);
    UnreadBody.refuse(
        exchange,
        response -> {
          response.putHeader(HttpHeaders.ACCEPT_ENCODING, "gzip, deflate");
          String message =
              "Unsupported Content-Encoding: " + coding + " (expected: gzip or deflate)";
          error(response, 415, message);
        });
  }

  static void error(HttpServerResponse response, int status, String message) {
    json(response, status, new JsonWriter(128).beginObject().member("error", message).endObject());
  }

  static boolean isOpen(HttpServerResponse response) {
    return !response.ended() && !response.closed() && !response.headWritten();
  }

  static Buffer buffer(ByteSink bytes) {
    return BufferInternal.buffer(byteBuf(bytes));
  }

  static ByteBuf byteBuf(ByteSink bytes) {
    return Unpooled.wrappedBuffer(bytes.array(), 0, bytes.size());
  }
}
