package dev.brink.oip.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.oip.EchoService;
import dev.brink.oip.TestModels;
import dev.brink.oip.rules.ApiGroup;
import dev.brink.oip.rules.CallerRules;
import dev.brink.oip.rules.OipSettings;
import dev.brink.oip.rules.Restrictions;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is refused whatever it says is refused before it has been sent. */
class UnreadBodyTest {

  private static final String INFER = "/v2/models/m/infer";
  private static final String EMPTY = "{\"inputs\":[]}";

  /** Refuses everything unread while it is full. */
  private static final class Full implements InferenceService {
    private final EchoService echo = new EchoService();
    private volatile boolean full = true;

    @Override
    public Future<InferenceResult> infer(InferenceRequest request) {
      return echo.infer(request);
    }

    @Override
    public Optional<InferenceError> refusal(String model, String version) {
      return full
          ? Optional.of(new InferenceError.Overloaded(model + " is full", Duration.ofMillis(1200)))
          : Optional.empty();
    }
  }

  private final Full service = new Full();
  private final OipServerUnderTest server = OipServerUnderTest.start(service, TestModels.catalog());

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aSmallBodyIsDroppedAndItsConnectionGoesOn() throws IOException {
    try (Socket socket = connect()) {
      InputStream answers = new BufferedInputStream(socket.getInputStream());
      send(socket, head(100_000) + "x".repeat(50_000));

      String refusal = answer(answers);
      assertThat(refusal).startsWith("HTTP/1.1 429").contains("m is full");
      assertThat(refusal.toLowerCase()).contains("retry-after: 2").doesNotContain("close");

      service.full = false;
      send(socket, "x".repeat(50_000) + head(EMPTY.length()) + EMPTY);
      assertThat(answer(answers)).startsWith("HTTP/1.1 200");
      assertThat(service.echo.requests()).hasSize(1);
    }
  }

  @Test
  void manyRefusalsGoOverOneConnection() throws IOException {
    try (Socket socket = connect()) {
      InputStream answers = new BufferedInputStream(socket.getInputStream());
      for (int i = 0; i < 50; i++) {
        send(socket, head(EMPTY.length()) + EMPTY);
        assertThat(answer(answers)).startsWith("HTTP/1.1 429");
      }
    }
  }

  @Test
  void behindALargeBodyTheConnectionIsClosed() throws IOException {
    try (Socket socket = connect()) {
      InputStream answers = new BufferedInputStream(socket.getInputStream());
      int size = 2 << 20;
      send(socket, head(size));

      assertThat(answer(answers)).startsWith("HTTP/1.1 429").containsIgnoringCase(": close");

      send(socket, "x".repeat(size));
      assertThat(answers.read()).isEqualTo(-1);
    }
  }

  @Test
  void whoAsksBeforeSendingIsNotToldToGoOn() throws IOException {
    try (Socket socket = connect()) {
      InputStream answers = new BufferedInputStream(socket.getInputStream());
      send(socket, head(1000).replace("\r\n\r\n", "\r\nExpect: 100-continue\r\n\r\n"));

      assertThat(answer(answers)).startsWith("HTTP/1.1 429").containsIgnoringCase(": close");
    }
  }

  @Test
  void whoLacksTheSecretIsNotReadEither() throws IOException {
    Restrictions restricted =
        Restrictions.of(Map.of(ApiGroup.INFERENCE, new Restrictions.Key("key", "secret")));
    CallerRules open = CallerRules.open();
    CallerRules rules = new CallerRules(restricted, open.forwarded(), open.tenants(), open.log());
    OipSettings settings = OipSettings.defaults("test");
    try (OipServerUnderTest closed =
            OipServerUnderTest.start(service.echo, TestModels.catalog(), settings, rules);
        Socket socket = connect(closed)) {
      InputStream answers = new BufferedInputStream(socket.getInputStream());
      send(socket, head(2 << 20));

      assertThat(answer(answers)).startsWith("HTTP/1.1 403").containsIgnoringCase(": close");
    }
  }

  @Test
  void whoWouldRatherNotWaitOrRepeatsARequestIsHeard() {
    for (Map<String, String> header :
        Map.of("Prefer", "respond-async", "Idempotency-Key", "7").entrySet().stream()
            .map(entry -> Map.of(entry.getKey(), entry.getValue()))
            .toList()) {
      assertThat(server.send(HttpMethod.POST, INFER, header, Buffer.buffer(EMPTY)).status())
          .isEqualTo(200);
    }
  }

  private Socket connect() throws IOException {
    return connect(server);
  }

  private static Socket connect(OipServerUnderTest server) throws IOException {
    Socket socket = new Socket("127.0.0.1", server.port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static String head(int length) {
    return "POST " + INFER + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + length + "\r\n\r\n";
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Head and body of one answer. */
  private static String answer(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      assertThat(next).as("end of the connection after: " + head).isNotEqualTo(-1);
      head.append((char) next);
    }
    String lower = head.toString().toLowerCase();
    int at = lower.indexOf("content-length:") + 15;
    int length = Integer.parseInt(lower.substring(at, lower.indexOf('\r', at)).strip());
    return head + new String(in.readNBytes(length), StandardCharsets.UTF_8);
  }
}
