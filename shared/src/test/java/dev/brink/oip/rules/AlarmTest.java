package dev.brink.oip.rules;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AlarmTest {

  private final Vertx vertx = Vertx.vertx();
  private final ContextInternal context = (ContextInternal) vertx.getOrCreateContext();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void goesOffOnItsContext() throws Exception {
    CompletableFuture<Context> where = new CompletableFuture<>();

    Alarm.after(1, context, () -> where.complete(Vertx.currentContext()));

    assertThat(where.get(10, TimeUnit.SECONDS)).isSameAs(context);
  }

  @Test
  void isSilentOnceItIsCalledOff() throws Exception {
    CompletableFuture<String> first = new CompletableFuture<>();
    context.runOnContext(
        ignored -> {
          Alarm.after(1_000, context, () -> first.complete("called off")).callOff();
          Alarm.after(2_000, context, () -> first.complete("left on"));
        });

    assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("left on");
  }
}
