package dev.brink.oip.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.oip.EchoService;
import dev.brink.oip.TestModels;
import dev.brink.oip.proto.ServerLiveResponse;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What docs/protocol.md says of browsers. */
class GrpcWebTest {

  private static final String LIVE = "/inference.GRPCInferenceService/ServerLive";
  private static final Buffer EMPTY_MESSAGE = Buffer.buffer(new byte[5]);

  @ParameterizedTest
  @ValueSource(strings = {"grpc-web", "grpc-web+proto", "grpc-web-text"})
  void aBrowsersCallIsAnsweredOverHttp1(String type) throws Exception {
    try (GrpcUnderTest server = GrpcUnderTest.start(new EchoService(), TestModels.catalog())) {
      boolean isText = type.endsWith("text");
      Buffer body = isText ? text(EMPTY_MESSAGE) : EMPTY_MESSAGE;
      HttpClient client = server.vertx().createHttpClient();

      Buffer answer =
          GrpcUnderTest.await(
              client
                  .request(HttpMethod.POST, server.port(), "127.0.0.1", LIVE)
                  .compose(call -> call.putHeader("content-type", "application/" + type).send(body))
                  .compose(response -> response.body()));

      byte[] frames = (isText ? firstOf(answer) : answer).getBytes();
      int length = Buffer.buffer(frames).getInt(1);
      byte[] message = Arrays.copyOfRange(frames, 5, 5 + length);
      assertThat(ServerLiveResponse.parseFrom(message).getLive()).isTrue();
    }
  }

  private static Buffer text(Buffer bytes) {
    return Buffer.buffer(Base64.getEncoder().encodeToString(bytes.getBytes()));
  }

  /** Each frame is a text of its own. */
  private static Buffer firstOf(Buffer texts) {
    String first = texts.toString().replaceFirst("(=+).*", "$1");
    return Buffer.buffer(Base64.getDecoder().decode(first));
  }
}
