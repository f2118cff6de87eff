package dev.brink.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class WarmUpTest {

  @Test
  void everyRequestIsOneThatANodeAnswers() throws Exception {
    Future<Integer> over = WarmUp.run(30_000);

    assertThat(settled(over)).isEqualTo(WarmUp.requests());
    assertThat(settled(over.map(answered -> -answered))).isEqualTo(-WarmUp.requests());
  }

  private static int settled(Future<Integer> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
  }
}
