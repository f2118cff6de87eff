package dev.brink.edge.outbox;

import static dev.brink.edge.outbox.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.RequestContext;
import dev.brink.oip.wire.WireError;
import dev.brink.resilience.ManualTicker;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobsApiTest {

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> withdrawn = new CopyOnWriteArrayList<>();
  private Outbox outbox;
  private HttpServer server;

  @BeforeEach
  void open() {
    outbox =
        Outbox.open(
            Requests.settings(folder.resolve("outbox.db")),
            InstantSource.system(),
            new ManualTicker());
    Router router = Router.router(vertx);
    new JobsApi(outbox.store(), withdrawn::add, JobsApiTest::tenant).mount(router);
    router.route().failureHandler(JobsApiTest::failed);
    server = await(vertx.createHttpServer().requestHandler(router).listen(0));
  }

  @AfterEach
  void close() throws IOException {
    await(vertx.close());
    outbox.close();
  }

  private static String tenant(RoutingContext routing) {
    String tenant = routing.request().getHeader("Tenant");
    return tenant == null ? "" : tenant;
  }

  private static void failed(RoutingContext routing) {
    WireError error = WireError.of(InferenceException.errorOf(routing.failure()));
    routing
        .response()
        .setStatusCode(400)
        .end(new JsonObject().put("kind", error.kind()).put("error", error.message()).encode());
  }

  @Test
  void aPendingJobIsToldAsAccepted() throws Exception {
    String id = enqueue("hello", "");

    HttpResponse<String> answer = get("/v2/jobs/" + id, "");

    assertThat(answer.statusCode()).isEqualTo(202);
    assertThat(answer.headers().firstValue("Retry-After")).contains("1");
    assertThat(new JsonObject(answer.body()).getString("state")).isEqualTo("queued");
  }

  @Test
  void aVerbThatIsNotForJobsIsToldThoseThatAre() throws Exception {
    HttpResponse<String> all = post("/v2/jobs");
    HttpResponse<String> one = post("/v2/jobs/1");

    assertThat(all.statusCode()).isEqualTo(405);
    assertThat(all.headers().firstValue("Allow")).contains("GET");
    assertThat(one.statusCode()).isEqualTo(405);
    assertThat(one.headers().firstValue("Allow")).contains("GET, DELETE");
    assertThat(new JsonObject(one.body()).getString("error")).isEqualTo("Method Not Allowed");
  }

  private HttpResponse<String> post(String path) throws Exception {
    return client.send(
        request(path, "").POST(HttpRequest.BodyPublishers.ofString("{}")).build(),
        BodyHandlers.ofString());
  }

  @Test
  void aFinishedJobIsTheProtocolsAnswer() throws Exception {
    String id = enqueue("hello", "");
    finish(id);

    HttpResponse<String> answer = get("/v2/jobs/" + id, "");

    JsonObject body = new JsonObject(answer.body());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Brink-Job-State")).contains("done");
    assertThat(body.getString("model_name")).isEqualTo("intent");
    assertThat(body.getJsonArray("outputs").getJsonObject(0).getJsonArray("data"))
        .isEqualTo(new JsonArray().add("hello"));
  }

  @Test
  void theAnswerIsBinaryForWhoWantsItSo() throws Exception {
    String id = enqueue("hello", "");
    finish(id);

    HttpResponse<byte[]> answer =
        client.send(
            request("/v2/jobs/" + id, "").header("Accept", "application/octet-stream").build(),
            BodyHandlers.ofByteArray());

    int header =
        Integer.parseInt(
            answer.headers().firstValue("Inference-Header-Content-Length").orElseThrow());
    byte[] body = answer.body();
    assertThat(new String(body, header + 4, body.length - header - 4, StandardCharsets.UTF_8))
        .isEqualTo("hello");
  }

  @Test
  void aFailedJobIsItsError() throws Exception {
    String id = enqueue("hello", "");
    await(outbox.store().claim(1));
    await(outbox.store().fail(id, new WireError("TooLarge", "too large", 0)));

    HttpResponse<String> answer = get("/v2/jobs/" + id, "");

    assertThat(new JsonObject(answer.body()))
        .isEqualTo(new JsonObject().put("kind", "TooLarge").put("error", "too large"));
    assertThat(answer.headers().firstValue("Brink-Job-State")).contains("failed");
  }

  @Test
  void aJobOfAnotherTenantIsNotThere() throws Exception {
    String id = enqueue("hello", "alice");

    assertThat(get("/v2/jobs/" + id, "bob").body()).contains("NotFound");
    assertThat(get("/v2/jobs/" + id, "alice").statusCode()).isEqualTo(202);
    assertThat(send("DELETE", "/v2/jobs/" + id, "bob").body()).contains("NotFound");
    assertThat(get("/v2/jobs", "bob").body()).isEqualTo("{\"jobs\":[]}");
  }

  @Test
  void deletingAPendingJobWithdrawsIt() throws Exception {
    String id = enqueue("hello", "");

    HttpResponse<String> answer = send("DELETE", "/v2/jobs/" + id, "");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(withdrawn).containsExactly(id);
    assertThat(get("/v2/jobs/" + id, "").statusCode()).isEqualTo(410);
  }

  @Test
  void deletingAFinishedJobForgetsIt() throws Exception {
    String id = enqueue("hello", "");
    finish(id);

    assertThat(send("DELETE", "/v2/jobs/" + id, "").statusCode()).isEqualTo(204);
    assertThat(get("/v2/jobs/" + id, "").body()).contains("NotFound");
  }

  @Test
  void listsInPages() throws Exception {
    String first = enqueue("one", "");
    String second = enqueue("two", "");
    finish(first);

    JsonObject page = new JsonObject(get("/v2/jobs?limit=1", "").body());
    JsonObject next = new JsonObject(get("/v2/jobs?after=" + page.getString("next"), "").body());
    JsonObject queued = new JsonObject(get("/v2/jobs?state=queued&model=intent", "").body());

    assertThat(ids(page)).containsExactly(first);
    assertThat(ids(next)).containsExactly(second);
    assertThat(ids(queued)).containsExactly(second);
  }

  @Test
  void aWrongFilterIsRefusedByName() throws Exception {
    assertThat(get("/v2/jobs?state=lost", "").body()).contains("parameter 'state': lost");
    assertThat(get("/v2/jobs?limit=0", "").body()).contains("parameter 'limit': 0");
    assertThat(get("/v2/jobs?after=x", "").body()).contains("parameter 'after': x");
  }

  private static List<String> ids(JsonObject page) {
    return page.getJsonArray("jobs").stream()
        .map(job -> ((JsonObject) job).getString("id"))
        .toList();
  }

  private String enqueue(String text, String tenant) {
    InferenceRequest request = Requests.request(text);
    RequestContext context = request.context();
    return await(
            outbox.enqueue(
                request.withContext(
                    new RequestContext(
                        context.deadline(), 0, tenant, "", "", context.cancellation()))))
        .jobId();
  }

  private void finish(String id) {
    byte[] request = await(outbox.store().claim(1)).get(0).request();
    InferenceRequest asked = JobCodec.toRequest(request, Requests.request("").context());
    await(outbox.store().complete(id, () -> JobCodec.toBytes(Requests.answer(asked))));
  }

  private HttpResponse<String> get(String path, String tenant) throws Exception {
    return send("GET", path, tenant);
  }

  private HttpResponse<String> send(String method, String path, String tenant) throws Exception {
    return client.send(
        request(path, tenant).method(method, HttpRequest.BodyPublishers.noBody()).build(),
        BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path, String tenant) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + server.actualPort() + path))
        .header("Tenant", tenant);
  }
}
