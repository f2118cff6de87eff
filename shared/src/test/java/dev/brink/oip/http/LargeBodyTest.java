package dev.brink.oip.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceService;
import dev.brink.oip.EchoService;
import dev.brink.oip.TestModels;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Bodies that are received past Vert.x, into one array. */
class LargeBodyTest {

  private static final int COUNT = 50_000;

  private final EchoService echo = new EchoService();
  private final OipServerUnderTest server = OipServerUnderTest.start(echo, TestModels.catalog());
  private final byte[] tensor = new byte[4 * COUNT];
  private Socket socket;
  private InputStream answers;

  @BeforeEach
  void connect() throws IOException {
    new SplittableRandom(1).nextBytes(tensor);
    connect(server.port());
  }

  private void reconnect(int port) throws IOException {
    socket.close();
    connect(port);
  }

  private void connect(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(20_000);
    answers = new BufferedInputStream(socket.getInputStream());
  }

  @AfterEach
  void stop() throws IOException {
    socket.close();
    server.close();
  }

  @Test
  void severalLargeAndSmallBodiesComeOverOneConnection() throws IOException {
    for (int i = 0; i < 3; i++) {
      large(tensor.length / 3);
      small();
    }

    assertThat(echo.requests()).hasSize(6);
    for (int i = 0; i < 6; i += 2) {
      requireTensor(echo.requests().get(i));
    }
  }

  @Test
  void aSmallRequestMayStandRightBehindALargeOne() throws IOException {
    byte[] head = header();
    OutputStream out = socket.getOutputStream();
    out.write(head(head.length + tensor.length, head.length));
    out.write(head);
    out.write(tensor);
    out.write(smallRequest());
    out.flush();

    assertThat(status()).isEqualTo(200);
    assertThat(status()).isEqualTo(200);
    requireTensor(echo.requests().getFirst());
  }

  /** All of the second is received while the first is being answered, and half of the third. */
  @Test
  void aLargeRequestMayStandBehindOneThatWaitedBehindAnother() throws IOException {
    CountDownLatch written = new CountDownLatch(1);
    AtomicBoolean first = new AtomicBoolean(true);
    InferenceService late =
        request ->
            first.getAndSet(false)
                ? afterReading(written).compose(read -> echo.infer(request))
                : echo.infer(request);
    byte[] head = header();
    byte[] behind = join(head(head.length + tensor.length, head.length), head, tensor);
    int half = behind.length / 2;
    try (OipServerUnderTest busy = OipServerUnderTest.start(late, TestModels.catalog())) {
      reconnect(busy.port());
      OutputStream out = socket.getOutputStream();
      out.write(smallRequest());
      out.write(largeText());
      out.write(behind, 0, half);
      written.countDown();
      assertThat(status()).isEqualTo(200);
      assertThat(status()).isEqualTo(200);
      out.write(behind, half, behind.length - half);
      assertThat(status()).isEqualTo(200);
    }
    requireTensor(echo.last());
  }

  /** Holds the event loop up until all is written, and then lets it read. */
  private static Future<?> afterReading(CountDownLatch written) {
    try {
      assertThat(written.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException stopped) {
      throw new AssertionError(stopped);
    }
    return Vertx.currentContext().owner().timer(20, TimeUnit.MILLISECONDS);
  }

  private static byte[] largeText() {
    byte[] body = ("{\"inputs\":[]" + " ".repeat(66_000) + "}").getBytes(StandardCharsets.US_ASCII);
    return join(head(body.length, body.length), body);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @Test
  void whoGoesInTheMiddleLeavesNothing() throws IOException {
    byte[] head = header();
    socket.getOutputStream().write(head(head.length + tensor.length, head.length));
    socket.getOutputStream().write(head);
    socket.close();

    connect();
    small();
    assertThat(echo.requests()).hasSize(1);
  }

  private void requireTensor(InferenceRequest request) {
    byte[] received = new byte[tensor.length];
    request.inputs().getFirst().data().get(received);
    assertThat(received).isEqualTo(tensor);
  }

  private void large(int pieceSize) throws IOException {
    byte[] head = header();
    OutputStream out = socket.getOutputStream();
    out.write(head(head.length + tensor.length, head.length));
    out.write(head);
    for (int at = 0; at < tensor.length; at += pieceSize) {
      out.write(tensor, at, Math.min(pieceSize, tensor.length - at));
      out.flush();
    }
    assertThat(status()).isEqualTo(200);
  }

  private void small() throws IOException {
    socket.getOutputStream().write(smallRequest());
    assertThat(status()).isEqualTo(200);
  }

  private static byte[] smallRequest() {
    String body = "{\"inputs\":[]}";
    return ("POST /v2/models/m/infer HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(body.length(), body))
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] header() {
    return """
    {"inputs":[{"name":"x","datatype":"FP32","shape":[%d],"parameters":{"binary_data_size":%d}}],
    "parameters":{"binary_data_output":true}}\
    """
        .formatted(COUNT, 4 * COUNT)
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static byte[] head(int length, int header) {
    return """
    POST /v2/models/m/infer HTTP/1.1\r
    Host: x\r
    Content-Length: %d\r
    Inference-Header-Content-Length: %d\r
    \r
    """
        .formatted(length, header)
        .getBytes(StandardCharsets.US_ASCII);
  }

  /** Of the next answer, which is read whole. */
  private int status() throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = answers.read();
      assertThat(next).as("end of the connection after: " + head).isNotEqualTo(-1);
      head.append((char) next);
    }
    String lower = head.toString().toLowerCase();
    int at = lower.indexOf("\r\ncontent-length:") + 17;
    answers.readNBytes(Integer.parseInt(lower.substring(at, lower.indexOf('\r', at)).strip()));
    return Integer.parseInt(head.substring(9, 12));
  }
}
