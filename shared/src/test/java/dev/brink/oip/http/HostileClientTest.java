package dev.brink.oip.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.FakeInferenceService;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceResult;
import dev.brink.oip.EchoService;
import dev.brink.oip.TestModels;
import dev.brink.oip.http.OipServerUnderTest.Answer;
import dev.brink.oip.rules.OipSettings;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients that send too much, too little, too slowly, or leave: answered or closed, within bounds.
 */
class HostileClientTest {

  private static final String INFER = "/v2/models/m/infer";
  private static final Duration LONG = Duration.ofSeconds(30);

  private final EchoService service = new EchoService();
  private OipServerUnderTest server;

  @AfterEach
  void theNextGoodRequestIsAnswered() {
    Answer answer = server.post(INFER, "{\"inputs\":[]}");
    server.close();
    assertThat(answer.status()).isEqualTo(200);
  }

  private void start(OipSettings settings) {
    server = OipServerUnderTest.start(service, TestModels.catalog(), settings);
  }

  private static OipSettings small() {
    return OipSettings.defaults("test").withMaxBody(10_000, 1 << 20);
  }

  @Test
  void aBodyAboveTheLimitIsRefusedAndOneAtTheLimitIsNot() {
    start(small());
    String body = "{\"inputs\":[],\"x\":\"%s\"}";
    int frame = body.length() - 2;

    assertThat(server.post(INFER, body.formatted("a".repeat(10_000 - frame))).status())
        .isEqualTo(200);
    Answer refused = server.post(INFER, body.formatted("a".repeat(10_001 - frame)));

    assertThat(refused.status()).isEqualTo(413);
    assertThat(refused.error()).contains("exceeds the maximum allowed input size of 10000 bytes");
  }

  @Test
  void aBodyThatUnpacksAboveTheLimitIsRefused() throws IOException {
    start(small());
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bomb)) {
      out.write(new byte[5_000_000]);
    }
    assertThat(bomb.size()).isLessThan(10_000);

    Answer refused =
        server.send(
            HttpMethod.POST,
            INFER,
            Map.of("Content-Encoding", "gzip"),
            Buffer.buffer(bomb.toByteArray()));

    assertThat(refused.status()).isEqualTo(413);
  }

  @Test
  void bodiesTogetherTakeNoMoreMemoryThanAllowed() {
    start(OipSettings.defaults("test").withMaxBody(200_000, 100_000));

    Answer refused = server.post(INFER, "{\"x\":\"" + "a".repeat(150_000) + "\",\"inputs\":[]}");

    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.header("retry-after")).isEqualTo("1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/v2/repository/models/m/load",
        "/v2/logging",
        "/v2/trace/setting",
      })
  void whatBodiesComeToCountsWhateverTheyAreFor(String path) {
    start(OipSettings.defaults("test").withMaxBody(200_000, 200_000).withModelControl(true));
    StringBuilder members = new StringBuilder("{\"parameters\":{\"config\":\"{}\"");
    for (int i = 0; i < 8_000; i++) {
      members.append(",\"file:1/").append(i).append("\":\"\"");
    }
    String load = members.append("}}").toString();
    String settings = load.substring(14, load.length() - 1);

    Answer refused = server.post(path, path.endsWith("load") ? load : settings);

    assertThat(refused.status()).isEqualTo(429);
    assertThat(server.post(path, "{}").status()).isEqualTo(200);
  }

  @Test
  void stringsCountAsTheyGrow() {
    start(OipSettings.defaults("test").withMaxBody(100_000, 250_000));
    String body =
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"BYTES\",\"shape\":[1],\"data\":[\"%s\"]}]}";

    assertThat(server.post(INFER, body.formatted("a".repeat(90_000))).status()).isEqualTo(200);
    start(OipSettings.defaults("test").withMaxBody(100_000, 150_000));
    assertThat(server.post(INFER, body.formatted("a".repeat(90_000))).status()).isEqualTo(429);
  }

  @Test
  void memoryIsGivenBackWhenTheAnswerIsOut() {
    start(OipSettings.defaults("test").withMaxBody(200_000, 300_000));
    String body = "{\"x\":\"" + "a".repeat(150_000) + "\",\"inputs\":[]}";

    for (int i = 0; i < 20; i++) {
      assertThat(server.post(INFER, body).status()).isEqualTo(200);
    }
  }

  @Test
  void anAnnouncedBodyThatIsTooLargeIsRefusedBeforeItComes() throws IOException {
    start(small());
    try (Socket socket = connect()) {
      send(
          socket,
          "POST "
              + INFER
              + " HTTP/1.1\r\nHost: x\r\nContent-Length: 67108865\r\n"
              + "Expect: 100-continue\r\n\r\n");

      assertThat(head(socket)).startsWith("HTTP/1.1 413");
    }
  }

  @Test
  void whoAsksWhetherToContinueIsTold() throws IOException {
    start(small());
    try (Socket socket = connect()) {
      send(
          socket,
          "POST "
              + INFER
              + " HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n"
              + "Expect: 100-continue\r\n\r\n");
      assertThat(head(socket)).startsWith("HTTP/1.1 100");

      send(socket, "{\"inputs\":[]}");

      assertThat(head(socket)).startsWith("HTTP/1.1 200");
    }
  }

  @Test
  void row7ChunksAreCounted() throws IOException {
    start(small().withMaxBody(1 << 20, 1 << 24));
    String open = "POST " + INFER + " HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    String body = "{\"inputs\":[]}";
    try (Socket socket = connect()) {
      send(socket, open + chunk(" ").repeat(65_535) + chunk(body) + "0\r\n\r\n");
      assertThat(head(socket)).startsWith("HTTP/1.1 200");
    }
    try (Socket socket = connect()) {
      send(socket, open + chunk(" ").repeat(65_536) + chunk(body) + "0\r\n\r\n");
      String answer = all(socket);
      assertThat(answer).startsWith("HTTP/1.1 400");
      assertThat(answer).contains("Chunked request body exceeds maximum of 65536 non-empty chunks");
    }
  }

  @Test
  void aBodyThatDoesNotComeInTimeIsAnsweredAndItsConnectionClosed() throws IOException {
    start(small().withTimeouts(LONG, Duration.ofMillis(50), LONG));
    try (Socket socket = connect()) {
      send(socket, "POST " + INFER + " HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{");

      assertThat(all(socket)).startsWith("HTTP/1.1 408").contains("did not arrive in time");
    }
  }

  @Test
  void connectionsWithoutARequestAreClosedEvenWhenBytesTrickle() throws IOException {
    start(small().withTimeouts(Duration.ofSeconds(1), LONG, Duration.ofMillis(50)));
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Socket socket = connect();
      sockets.add(socket);
      send(socket, i % 2 == 0 ? "" : "POST / HTTP/1.1\r\nHo");
    }

    for (Socket socket : sockets) {
      assertThat(all(socket)).isEmpty();
      socket.close();
    }
  }

  @Test
  void connectionsAboveTheLimitAreClosed() throws IOException {
    start(small().withMaxConnections(3).withTimeouts(LONG, LONG, Duration.ofSeconds(1)));
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Socket socket = connect();
      sockets.add(socket);
      send(socket, "GET /v2/health/live HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(head(socket)).startsWith("HTTP/1.1 200");
    }

    try (Socket surplus = connect()) {
      send(surplus, "GET /v2/health/live HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(all(surplus)).isEmpty();
    }

    for (Socket socket : sockets) {
      assertThat(all(socket)).contains("live");
      socket.close();
    }
  }

  @Test
  void headersAreLimitedAndTheAnswerIsStillJson() throws IOException {
    start(small());
    try (Socket socket = connect()) {
      send(socket, "GET /v2 HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(20_000) + "\r\n\r\n");
      assertThat(all(socket)).contains(" 431 ").contains("{\"error\":");
    }
    try (Socket socket = connect()) {
      send(socket, "GET /" + "a".repeat(20_000) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(all(socket)).contains(" 414 ").contains("{\"error\":");
    }
    try (Socket socket = connect()) {
      send(socket, "\u0000\u0001 garbage\r\n\r\n");
      assertThat(all(socket)).contains(" 400 ");
    }
  }

  @Test
  void whoLeavesInTheMiddleOfABodyLeavesNothingBehind() throws IOException {
    start(small());
    for (int i = 0; i < 20; i++) {
      try (Socket socket = connect()) {
        send(socket, "POST " + INFER + " HTTP/1.1\r\nHost: x\r\nContent-Length: 9000\r\n\r\n{\"in");
      }
    }

    assertThat(service.requests()).isEmpty();
  }

  @Test
  void whoLeavesWhileWaitingCancelsTheRequest() throws IOException {
    Promise<Void> asked = Promise.promise();
    Promise<Void> cancelled = Promise.promise();
    server = OipServerUnderTest.start(silent(asked, cancelled), TestModels.catalog());
    try (Socket socket = connect()) {
      send(
          socket,
          "POST "
              + INFER
              + " HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n\r\n"
              + "{\"inputs\":[]}");
      OipServerUnderTest.await(asked.future());
    }

    OipServerUnderTest.await(cancelled.future());
  }

  @Test
  void whoResetsAStreamWhileWaitingCancelsThatRequestAlone() {
    Promise<Void> asked = Promise.promise();
    Promise<Void> cancelled = Promise.promise();
    server = OipServerUnderTest.start(silent(asked, cancelled), TestModels.catalog());
    HttpClient http2 =
        server
            .vertx()
            .createHttpClient(
                new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false));
    HttpClientRequest left = open(http2);
    left.send("{\"inputs\":[]}").onFailure(reset -> {});
    OipServerUnderTest.await(asked.future());

    left.reset();

    OipServerUnderTest.await(cancelled.future());
    HttpClientRequest next = open(http2);
    assertThat(OipServerUnderTest.await(next.send("{\"inputs\":[]}")).statusCode()).isEqualTo(200);
    assertThat(next.connection()).isSameAs(left.connection());
  }

  private HttpClientRequest open(HttpClient client) {
    return OipServerUnderTest.await(
        client.request(HttpMethod.POST, server.port(), "127.0.0.1", INFER));
  }

  /** Never answers its first request, and tells when that is there and when it is cancelled. */
  private FakeInferenceService silent(Promise<Void> asked, Promise<Void> cancelled) {
    return FakeInferenceService.behaving(
        request -> {
          if (!asked.tryComplete()) {
            return service.infer(request);
          }
          request.context().cancellation().onCancel(cancelled::tryComplete);
          return Promise.<InferenceResult>promise().future();
        });
  }

  @Test
  void theDeadlineIsKeptWhateverTheServiceDoes() {
    Promise<Void> cancelled = Promise.promise();
    FakeInferenceService silent =
        FakeInferenceService.behaving(
            request -> {
              if (!request.parameters().has("timeout")) {
                return service.infer(request);
              }
              request.context().cancellation().onCancel(cancelled::tryComplete);
              return Promise.<InferenceResult>promise().future();
            });
    server = OipServerUnderTest.start(silent, TestModels.catalog());

    Answer answer = server.post(INFER, "{\"parameters\":{\"timeout\":20000},\"inputs\":[]}");

    assertThat(answer.status()).isEqualTo(504);
    OipServerUnderTest.await(cancelled.future());
  }

  @Test
  void errorsOfEveryKindHaveTheirStatus() {
    Map<InferenceError, Integer> expected =
        Map.ofEntries(
            Map.entry(new InferenceError.InvalidRequest("e"), 400),
            Map.entry(new InferenceError.Unauthenticated("e"), 401),
            Map.entry(new InferenceError.Forbidden("e"), 403),
            Map.entry(new InferenceError.UnknownModel("e"), 404),
            Map.entry(new InferenceError.NotFound("e"), 404),
            Map.entry(new InferenceError.Conflict("e"), 409),
            Map.entry(new InferenceError.TooLarge("e"), 413),
            Map.entry(new InferenceError.Unsupported("e"), 501),
            Map.entry(new InferenceError.Overloaded("e", Duration.ofMillis(1)), 429),
            Map.entry(new InferenceError.Unavailable("e", Duration.ofMillis(1500)), 503),
            Map.entry(new InferenceError.DeadlineExceeded("e"), 504),
            Map.entry(new InferenceError.StorageFull("e"), 507),
            Map.entry(new InferenceError.Internal("e"), 500));
    List<InferenceError> errors = List.copyOf(expected.keySet());
    FakeInferenceService failing =
        FakeInferenceService.behaving(
            request ->
                request.modelName().equals("m")
                    ? service.infer(request)
                    : dev.brink.inference.InferenceException.failed(
                        errors.get(Integer.parseInt(request.modelName()))));
    server = OipServerUnderTest.start(failing, TestModels.catalog());

    for (int i = 0; i < errors.size(); i++) {
      Answer answer = server.post("/v2/models/" + i + "/infer", "{\"inputs\":[]}");
      assertThat(answer.status()).as(errors.get(i) + "").isEqualTo(expected.get(errors.get(i)));
      assertThat(answer.error()).isEqualTo("e");
    }
    int unavailable = errors.indexOf(new InferenceError.Unavailable("e", Duration.ofMillis(1500)));
    assertThat(
            server
                .post("/v2/models/" + unavailable + "/infer", "{\"inputs\":[]}")
                .header("retry-after"))
        .isEqualTo("2");
  }

  @Test
  void aBugIsAnInternalErrorWithoutItsDetails() {
    FakeInferenceService buggy =
        FakeInferenceService.behaving(
            request -> {
              if (request.modelName().equals("m")) {
                return service.infer(request);
              }
              throw new IllegalStateException("secret");
            });
    server = OipServerUnderTest.start(buggy, TestModels.catalog());

    Answer answer = server.post("/v2/models/bug/infer", "{\"inputs\":[]}");

    assertThat(answer.status()).isEqualTo(500);
    assertThat(answer.error()).isEqualTo("internal error");
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket("127.0.0.1", server.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static String chunk(String text) {
    return Integer.toHexString(text.length()) + "\r\n" + text + "\r\n";
  }

  private static void send(Socket socket, String text) throws IOException {
    try {
      socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    } catch (SocketException closedAlready) {
      // the answer, if there is one, can still be read
    }
  }

  /** Status line and headers, up to the empty line. */
  private static String head(Socket socket) throws IOException {
    StringBuilder head = new StringBuilder();
    InputStream in = socket.getInputStream();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      head.append((char) next);
    }
    return head.toString();
  }

  /** Everything up to the end of the connection. */
  private static String all(Socket socket) throws IOException {
    StringBuilder all = new StringBuilder();
    try {
      InputStream in = socket.getInputStream();
      for (int next = in.read(); next >= 0; next = in.read()) {
        all.append((char) next);
      }
    } catch (SocketException reset) {
      return all.toString();
    }
    return all.toString();
  }
}
