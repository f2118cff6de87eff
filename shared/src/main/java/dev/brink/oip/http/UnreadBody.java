package dev.brink.oip.http;

import dev.brink.inference.InferenceError;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.function.Consumer;

/**
 * Refuses a request before its body is read. What comes of the body is dropped as it comes: cheaper
 * than a new connection where the body is not large. Behind a large one, or one of unknown size,
 * the connection is closed, after a moment for callers who write first and read later.
 */
final class UnreadBody {

  private static final long CHEAPLY_DROPPED = 1 << 20;
  private static final long LINGER_MILLIS = 2_000;

  private UnreadBody() {}

  static void refuse(Exchange exchange, InferenceError error) {
    refuse(exchange, response -> Answers.error(response, error));
  }

  /**
   * @param answer writes the refusal
   */
  static void refuse(Exchange exchange, Consumer<HttpServerResponse> answer) {
    HttpServerRequest request = exchange.request();
    boolean closes = request.version() != HttpVersion.HTTP_2 && !isCheaplyDropped(exchange);
    if (closes) {
      exchange.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    answer.accept(exchange.response());
    TakenBody.drop(request);
    if (closes) {
      closeSoon(exchange);
    }
  }

  private static boolean isCheaplyDropped(Exchange exchange) {
    boolean told = exchange.header(HttpHeaders.TRANSFER_ENCODING).isEmpty();
    long length = told ? Math.max(0, BodyReader.announced(exchange)) : -1;
    return exchange.header(HttpHeaders.EXPECT).isEmpty()
        && length >= 0
        && length <= CHEAPLY_DROPPED;
  }

  /** At the body's end, or when it does not end. */
  private static void closeSoon(Exchange exchange) {
    HttpServerRequest request = exchange.request();
    if (request.isEnded()) {
      exchange.abort();
      return;
    }
    long timer = exchange.vertx().setTimer(LINGER_MILLIS, id -> exchange.abort());
    request.endHandler(
        end -> {
          exchange.vertx().cancelTimer(timer);
          exchange.abort();
        });
    request.exceptionHandler(gone -> exchange.vertx().cancelTimer(timer));
  }
}
