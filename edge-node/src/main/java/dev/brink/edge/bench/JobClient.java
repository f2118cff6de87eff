package dev.brink.edge.bench;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Submits jobs to an edge node that may die at any moment, and asks for them. */
final class JobClient {

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();
  private final String url;

  JobClient(String url) {
    this.url = url;
  }

  /** The accepted job's id; empty where the node said nothing, or anything but 202. */
  Optional<String> submit(String key) {
    HttpRequest request =
        request("/v2/models/intent/infer")
            .header("Content-Type", "application/json")
            .header("Prefer", "respond-async")
            .header("Idempotency-Key", key)
            .POST(HttpRequest.BodyPublishers.ofString(body(key)))
            .build();
    return send(request)
        .filter(response -> response.statusCode() == 202)
        .flatMap(response -> response.headers().firstValue("Location"))
        .map(location -> location.substring("/v2/jobs/".length()));
  }

  private static String body(String key) {
    return JsonObject.of(
            "inputs",
            JsonArray.of(
                JsonObject.of(
                    "name",
                    "text",
                    "datatype",
                    "BYTES",
                    "shape",
                    JsonArray.of(1, 1),
                    "data",
                    JsonArray.of("what time is it " + key))))
        .encode();
  }

  /** 200 done, 202 pending, others failed; 0 where there is no answer. */
  int status(String id) {
    return send(request("/v2/jobs/" + id).GET().build()).map(HttpResponse::statusCode).orElse(0);
  }

  /**
   * How many jobs the node holds; -1 where there is no answer.
   *
   * @param state empty for any
   */
  int count(String state) {
    String filter = state.isEmpty() ? "" : "&state=" + state;
    int count = 0;
    String after = "";
    while (after != null) {
      Optional<HttpResponse<String>> page =
          send(request("/v2/jobs?limit=1000" + filter + after).GET().build());
      if (page.isEmpty()) {
        return -1;
      }
      JsonObject body = new JsonObject(page.get().body());
      count += body.getJsonArray("jobs").size();
      after = body.containsKey("next") ? "&after=" + body.getString("next") : null;
    }
    return count;
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(5));
  }

  private Optional<HttpResponse<String>> send(HttpRequest request) {
    try {
      return Optional.of(client.send(request, HttpResponse.BodyHandlers.ofString()));
    } catch (IOException dead) {
      return Optional.empty();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
