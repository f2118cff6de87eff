package dev.brink.edge.outbox;

import static dev.brink.edge.outbox.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.config.Secret;
import dev.brink.edge.outbox.store.ClaimedJob;
import dev.brink.inference.InferenceRequest;
import dev.brink.resilience.ManualTicker;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CallbacksTest {

  private record Received(Map<String, String> headers, Buffer body) {}

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final ManualTicker ticker = new ManualTicker();
  private final LinkedBlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final AtomicInteger status = new AtomicInteger(204);
  private HttpServer receiver;
  private Outbox outbox;
  private Callbacks callbacks;

  @BeforeEach
  void open() {
    receiver =
        await(
            vertx
                .createHttpServer()
                .requestHandler(
                    request ->
                        request
                            .body()
                            .onSuccess(
                                body -> {
                                  received.add(
                                      new Received(
                                          Map.of(
                                              "id", request.getHeader("Brink-Job-Id"),
                                              "time", request.getHeader("Brink-Timestamp"),
                                              "signature", request.getHeader("Brink-Signature")),
                                          body));
                                  request.response().setStatusCode(status.get()).end();
                                }))
                .listen(0));
    CallbackSettings settings =
        new CallbackSettings(
            List.of("localhost:" + receiver.actualPort()),
            Optional.of(new Secret("s3cret")),
            Duration.ofSeconds(5),
            2);
    outbox =
        Outbox.open(
            Requests.settings(folder.resolve("outbox.db"), settings),
            InstantSource.system(),
            ticker);
    callbacks =
        new Callbacks(
            vertx, outbox.store(), settings, InstantSource.system(), new SplittableRandom(1));
  }

  @AfterEach
  void close() throws IOException {
    await(vertx.close());
    outbox.close();
  }

  @Test
  void anOutcomeIsSentSigned() throws InterruptedException {
    String id = finishedJob();

    await(callbacks.deliver());

    Received call = received.poll(5, TimeUnit.SECONDS);
    JsonObject body = call.body().toJsonObject();
    assertThat(call.headers().get("id")).isEqualTo(id);
    assertThat(body.getJsonObject("job").getString("state")).isEqualTo("done");
    assertThat(body.getJsonObject("response").getString("model_name")).isEqualTo("intent");
    assertThat(call.headers().get("signature"))
        .isEqualTo(new CallbackSignature("s3cret").of(call.headers().get("time"), call.body()));
  }

  @Test
  void theSignatureIsTheOneOthersCompute() {
    // printf '%s' '1700000000.{}' | openssl dgst -sha256 -hmac s3cret
    assertThat(new CallbackSignature("s3cret").of("1700000000", Buffer.buffer("{}")))
        .isEqualTo(SIGNATURE);
  }

  private static final String SIGNATURE =
      "sha256=97926816e98fbb41ccb1673225ff29a2f35369099990e1b1561651e7bd097ebf";

  @Test
  void aDeliveredOutcomeIsNotSentAgain() {
    finishedJob();
    await(callbacks.deliver());

    await(callbacks.deliver());

    assertThat(received).hasSize(1);
  }

  @Test
  void aRefusedOutcomeIsSentAgainLaterAndThenGivenUp() {
    finishedJob();
    status.set(503);

    await(callbacks.deliver());
    await(callbacks.deliver());
    assertThat(received).hasSize(1);
    ticker.advance(Duration.ofSeconds(6));
    await(callbacks.deliver());
    ticker.advance(Duration.ofHours(1));
    await(callbacks.deliver());

    assertThat(received).hasSize(2);
  }

  private String finishedJob() {
    String address = "http://localhost:" + receiver.actualPort() + "/done";
    InferenceRequest request = Requests.with("hello", "brink_callback", address);
    String id = await(outbox.enqueue(request)).jobId();
    ClaimedJob claim = await(outbox.store().claim(1)).get(0);
    InferenceRequest sent = JobCodec.toRequest(claim.request(), request.context());
    assertThat(sent.parameters().isEmpty()).isTrue();
    await(outbox.store().complete(id, () -> JobCodec.toBytes(Requests.answer(sent))));
    return id;
  }
}
