package dev.brink.oip.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodecThreadsTest {

  private final Vertx vertx = Vertx.vertx();
  private final CodecThreads codec = new CodecThreads(vertx);

  @AfterEach
  void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void aSmallPlainBodyIsReadAtOnce() throws Exception {
    assertThat(readerOf(new Body(new byte[1], 1, "identity"))).isSameAs(Thread.currentThread());
    assertThat(readerOf(new Body(new byte[1], 1, ""))).isSameAs(Thread.currentThread());
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "deflate"})
  void aPackedBodyIsReadElsewhereHoweverSmall(String coding) throws Exception {
    Thread reader = readerOf(new Body(new byte[1], 1, coding));

    assertThat(reader.getName()).startsWith("brink-codec");
  }

  private Thread readerOf(Body body) throws Exception {
    return codec
        .read(body, Thread::currentThread)
        .toCompletionStage()
        .toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }
}
