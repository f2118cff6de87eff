package dev.brink.e2e;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** What a device or an operator does over HTTP. */
final class Calls {

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

  private Calls() {}

  record Answer(int status, String body) {

    JsonObject json() {
      return new JsonObject(body);
    }

    String label() {
      return output("label").getJsonArray("data").getString(0);
    }

    JsonObject output(String name) {
      for (Object output : json().getJsonArray("outputs")) {
        if (((JsonObject) output).getString("name").equals(name)) {
          return (JsonObject) output;
        }
      }
      throw new AssertionError("no output '" + name + "' in " + body);
    }

    String parameter(String name) {
      return String.valueOf(json().getJsonObject("parameters", new JsonObject()).getValue(name));
    }
  }

  static Answer get(String url) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url)).GET());
  }

  static Answer post(String url, String body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /** Classifies one sentence; {@code parameters} is JSON members without braces, or empty. */
  static Answer intent(NodeUnderTest node, String text, String parameters)
      throws IOException, InterruptedException {
    return post(
        node.http("/v2/models/intent/infer"),
        """
        {"parameters":{%s},"inputs":[{"name":"text","datatype":"BYTES","shape":[1,1],"data":[%s]}]}
        """
            .formatted(parameters, Json.encode(text)));
  }

  /** The request of {@link #intent} for {@code tenant}, under the key {@code key}. */
  static Answer keyed(NodeUnderTest node, String tenant, String key, String prefer, String text)
      throws IOException, InterruptedException {
    String body =
        """
        {"parameters":{"brink_route":"cloud"},
         "inputs":[{"name":"text","datatype":"BYTES","shape":[1,1],"data":[%s]}]}
        """
            .formatted(Json.encode(text));
    return send(
        HttpRequest.newBuilder(URI.create(node.http("/v2/models/intent/infer")))
            .header("brink-tenant", tenant)
            .header("Idempotency-Key", key)
            .header("Prefer", prefer)
            .POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  static Answer getFor(String tenant, String url) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url)).header("brink-tenant", tenant).GET());
  }

  static Answer deleteFor(String tenant, String url) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url)).header("brink-tenant", tenant).DELETE());
  }

  /** Asks again and again until {@code condition} holds; bounded by 60 seconds. */
  static void eventually(String what, Condition condition) throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.holds()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not within 60 s: " + what);
      }
      LockSupport.parkNanos(50_000_000L);
    }
  }

  @FunctionalInterface
  interface Condition {
    boolean holds() throws Exception;
  }

  private static Answer send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        CLIENT.send(
            request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
    return new Answer(response.statusCode(), response.body());
  }
}
