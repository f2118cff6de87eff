package dev.brink.edge.cli;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Speaks the protocol's HTTP form to one node, as a device would. */
public final class NodeClient {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();
  private final String url;

  /**
   * @param url such as {@code http://127.0.0.1:8000}
   */
  public NodeClient(String url) {
    this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  /** What came back; the body is empty JSON where there was none. */
  public record Reply(int status, JsonObject body, HttpHeaders headers, Duration took) {

    /** Empty where there is no such header. */
    public String header(String name) {
      return headers.firstValue(name).orElse("");
    }

    public String error() {
      return "HTTP " + status + ": " + body.getString("error", "(no reason given)");
    }
  }

  public Reply get(String path) {
    return send(request(path).GET().build());
  }

  /** The body as it came, such as metrics. */
  public String text(String path) {
    return exchange(request(path).GET().build()).body();
  }

  public Reply post(String path, String body) {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private HttpRequest.Builder request(String path) {
    try {
      return HttpRequest.newBuilder(URI.create(url + path)).timeout(PATIENCE);
    } catch (IllegalArgumentException malformed) {
      throw CommandFailure.usage("--url " + url + " (expected: such as http://127.0.0.1:8000)");
    }
  }

  private Reply send(HttpRequest request) {
    long begun = System.nanoTime();
    HttpResponse<String> response = exchange(request);
    Duration took = Duration.ofNanos(System.nanoTime() - begun);
    return new Reply(response.statusCode(), json(response.body()), response.headers(), took);
  }

  private HttpResponse<String> exchange(HttpRequest request) {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException unreachable) {
      throw CommandFailure.failed("no answer from " + url + " (is a node running there?)");
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw CommandFailure.failed("interrupted");
    }
  }

  private static JsonObject json(String body) {
    try {
      return body.isBlank() ? new JsonObject() : new JsonObject(body);
    } catch (DecodeException otherText) {
      return JsonObject.of("error", body.strip());
    }
  }
}
