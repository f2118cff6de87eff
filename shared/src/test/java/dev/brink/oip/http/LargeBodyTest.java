package dev.brink.oip.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.InferenceRequest;
import dev.brink.oip.EchoService;
import dev.brink.oip.TestModels;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
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
    socket = new Socket("127.0.0.1", server.port());
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
