package dev.brink.oip.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.oip.EchoService;
import dev.brink.oip.TestModels;
import dev.brink.oip.proto.InferParameter;
import dev.brink.oip.proto.ModelInferRequest;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.grpc.common.GrpcStatus;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A caller's time runs from the moment its call arrives, however slowly the message follows. */
class GrpcArrivalTest {

  private static final String INFER = "/inference.GRPCInferenceService/ModelInfer";
  private static final long LATER_MILLIS = 300;

  private final EchoService service = new EchoService();
  private GrpcUnderTest server;
  private HttpClient client;

  @BeforeEach
  void start() {
    server = GrpcUnderTest.start(service, TestModels.catalog());
    client =
        server
            .vertx()
            .createHttpClient(
                new HttpClientOptions()
                    .setProtocolVersion(HttpVersion.HTTP_2)
                    .setHttp2ClearTextUpgrade(false));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aTimeoutCountsFromTheCallsArrival() {
    assertThat(slowly(Map.of(), 100_000)).isEqualTo(GrpcStatus.DEADLINE_EXCEEDED.code);
    assertThat(slowly(Map.of(), 60_000_000)).isEqualTo(GrpcStatus.OK.code);
  }

  @Test
  void theTransportsTimeoutDoesSoToo() {
    assertThat(slowly(Map.of("grpc-timeout", "100m"), 0))
        .isEqualTo(GrpcStatus.DEADLINE_EXCEEDED.code);
    assertThat(service.requests()).isEmpty();
    assertThat(slowly(Map.of("grpc-timeout", "60S"), 0)).isEqualTo(GrpcStatus.OK.code);
  }

  /**
   * The status of a call whose message follows its headers after 300 ms.
   *
   * @param timeoutMicros 0 for none
   */
  private int slowly(Map<String, String> headers, long timeoutMicros) {
    return GrpcUnderTest.await(
        client
            .request(HttpMethod.POST, server.port(), "127.0.0.1", INFER)
            .compose(call -> slowly(call, headers, message(timeoutMicros))));
  }

  private Future<Integer> slowly(
      HttpClientRequest call, Map<String, String> headers, Buffer message) {
    headers.forEach(call::putHeader);
    call.putHeader("content-type", "application/grpc").putHeader("te", "trailers");
    call.setChunked(true);
    return call.sendHead()
        .compose(sent -> server.vertx().timer(LATER_MILLIS, TimeUnit.MILLISECONDS))
        .compose(later -> call.end(message))
        .compose(sent -> call.response())
        .compose(
            response ->
                response
                    .end()
                    .map(
                        end -> {
                          String trailer = response.trailers().get("grpc-status");
                          String status =
                              trailer == null ? response.getHeader("grpc-status") : trailer;
                          return Integer.parseInt(status);
                        }));
  }

  private static Buffer message(long timeoutMicros) {
    ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName("m");
    if (timeoutMicros > 0) {
      request.putParameters(
          "timeout", InferParameter.newBuilder().setInt64Param(timeoutMicros).build());
    }
    byte[] bytes = request.build().toByteArray();
    return Buffer.buffer().appendByte((byte) 0).appendInt(bytes.length).appendBytes(bytes);
  }
}
