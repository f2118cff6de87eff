package dev.brink.oip.http;

import static java.util.stream.Collectors.joining;

import io.vertx.core.http.HttpMethod;
import java.util.Map;
import java.util.function.Consumer;

/** What a path can do: one action a verb. */
record Endpoint(Map<HttpMethod, Consumer<Exchange>> actions) {

  static Endpoint get(Consumer<Exchange> action) {
    return new Endpoint(Map.of(HttpMethod.GET, action, HttpMethod.HEAD, action));
  }

  static Endpoint post(Consumer<Exchange> action) {
    return new Endpoint(Map.of(HttpMethod.POST, action));
  }

  /** The verbs, as the header {@code Allow} lists them. */
  String allowed() {
    return actions.keySet().stream().map(HttpMethod::name).sorted().collect(joining(", "));
  }

  static Endpoint getOrPost(Consumer<Exchange> get, Consumer<Exchange> post) {
    return new Endpoint(Map.of(HttpMethod.GET, get, HttpMethod.HEAD, get, HttpMethod.POST, post));
  }
}
