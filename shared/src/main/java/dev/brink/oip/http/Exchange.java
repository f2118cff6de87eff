package dev.brink.oip.http;

import dev.brink.inference.InferenceError;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.http.HttpServerRequestInternal;
import io.vertx.ext.web.RoutingContext;

/** One request and its answer. */
final class Exchange {

  private final RoutingContext routing;
  private final long arrivedNanos = System.nanoTime();

  Exchange(RoutingContext routing) {
    this.routing = routing;
  }

  Vertx vertx() {
    return routing.vertx();
  }

  ContextInternal context() {
    return ((HttpServerRequestInternal) routing.request()).context();
  }

  /** When its head had been read. */
  long arrivedNanos() {
    return arrivedNanos;
  }

  HttpServerRequest request() {
    return routing.request();
  }

  HttpServerResponse response() {
    return routing.response();
  }

  /** The header's value; empty where it is missing. */
  String header(CharSequence name) {
    String value = routing.request().getHeader(name);
    return value == null ? "" : value;
  }

  /** For whom the request comes; empty for no tenant. */
  String tenant() {
    return OipHttpApi.tenant(routing);
  }

  /** Runs when the answer is out, or will never be because the caller has gone. */
  void onEnd(Runnable action) {
    routing.addEndHandler(any -> action.run());
  }

  /** Runs when the caller goes before the answer is out. */
  void onGone(Runnable action) {
    routing.addEndHandler(
        result -> {
          if (result.failed()) {
            action.run();
          }
        });
  }

  void fail(Throwable failure) {
    Answers.failure(response(), failure);
  }

  void fail(InferenceError error) {
    Answers.error(response(), error);
  }

  /** Ends the connection, or of a shared one this exchange's part. */
  void abort() {
    if (request().version() == HttpVersion.HTTP_2) {
      response().reset();
    } else {
      request().connection().close();
    }
  }
}
