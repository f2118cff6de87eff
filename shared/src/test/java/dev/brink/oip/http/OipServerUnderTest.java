package dev.brink.oip.http;

import dev.brink.inference.InferenceService;
import dev.brink.model.ModelCatalog;
import dev.brink.oip.rules.CallerRules;
import dev.brink.oip.rules.OipSettings;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A real server on a real port, and a client for it. */
public final class OipServerUnderTest implements AutoCloseable {

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = vertx.createHttpClient();
  private final HttpServer server;

  private OipServerUnderTest(
      InferenceService service,
      Optional<InferenceService> deferring,
      ModelCatalog catalog,
      OipSettings settings,
      CallerRules callers) {
    Router router = Router.router(vertx);
    new OipHttpApi(vertx, service, deferring, catalog, settings, callers, () -> true).mount(router);
    server =
        await(
            OipHttpServer.create(
                    vertx, router, OipHttpServer.options(settings).setHost("127.0.0.1"), settings)
                .listen(0, "127.0.0.1"));
  }

  public static OipServerUnderTest start(InferenceService service, ModelCatalog catalog) {
    return start(service, catalog, OipSettings.defaults("test"));
  }

  public static OipServerUnderTest start(
      InferenceService service, ModelCatalog catalog, OipSettings settings) {
    return start(service, catalog, settings, CallerRules.open());
  }

  public static OipServerUnderTest start(
      InferenceService service, ModelCatalog catalog, OipSettings settings, CallerRules callers) {
    return new OipServerUnderTest(service, Optional.empty(), catalog, settings, callers);
  }

  public static OipServerUnderTest deferring(
      InferenceService service, InferenceService outbox, ModelCatalog catalog) {
    return new OipServerUnderTest(
        service, Optional.of(outbox), catalog, OipSettings.defaults("test"), CallerRules.open());
  }

  /** An answer, read in full. */
  public record Answer(int status, HttpClientResponse head, Buffer body) {

    public JsonObject json() {
      return new JsonObject(body);
    }

    public String error() {
      return json().getString("error");
    }

    public String header(String name) {
      return head.getHeader(name);
    }
  }

  public int port() {
    return server.actualPort();
  }

  public Vertx vertx() {
    return vertx;
  }

  public HttpClient client() {
    return client;
  }

  public Answer get(String path) {
    return send(HttpMethod.GET, path, Map.of(), Buffer.buffer());
  }

  public Answer post(String path, String body) {
    return send(HttpMethod.POST, path, Map.of(), Buffer.buffer(body));
  }

  public Answer send(HttpMethod method, String path, Map<String, String> headers, Buffer body) {
    Future<Answer> answer =
        client
            .request(method, port(), "127.0.0.1", path)
            .compose(request -> send(request, headers, body));
    return await(answer);
  }

  private static Future<Answer> send(
      HttpClientRequest request, Map<String, String> headers, Buffer body) {
    headers.forEach(request::putHeader);
    return request
        .send(body)
        .compose(
            response ->
                response.body().map(read -> new Answer(response.statusCode(), response, read)));
  }

  /** Waits for {@code future}, which must succeed. */
  public static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      throw new AssertionError(failed.getCause());
    } catch (InterruptedException | TimeoutException late) {
      throw new AssertionError(late);
    }
  }

  @Override
  public void close() {
    await(vertx.close());
  }
}
