package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HandOverTest {

  private final Vertx vertx = Vertx.vertx();
  private final HandOver handOver = new HandOver();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void settlesAtOnceWhoHasNoContext() {
    List<String> settled = new ArrayList<>();

    handOver.add(null, () -> settled.add("a"), 0);

    assertThat(settled).containsExactly("a");
    assertThat(handOver.isDueBefore(Long.MAX_VALUE)).isFalse();
  }

  @Test
  void holdsAnswersUntilTheyAreSentAndThenSettlesThemInOrderOnTheirContext() throws Exception {
    Context caller = vertx.getOrCreateContext();
    List<String> settled = new ArrayList<>();
    List<Context> contexts = new ArrayList<>();
    CountDownLatch both = new CountDownLatch(2);
    for (String name : List.of("a", "b")) {
      handOver.add(
          ((ContextInternal) caller).duplicate(),
          () -> {
            settled.add(name);
            contexts.add(Vertx.currentContext());
            both.countDown();
          },
          0);
    }
    assertThat(both.getCount()).isEqualTo(2);

    handOver.send();

    assertThat(both.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(settled).containsExactly("a", "b");
    assertThat(contexts).doesNotContain(caller).doesNotHaveDuplicates().hasSize(2);
  }

  @Test
  void isDueOnceTheFirstHasWaited() {
    Context caller = vertx.getOrCreateContext();
    handOver.add(caller, () -> {}, 1_000);
    handOver.add(caller, () -> {}, 150_000);

    assertThat(handOver.isDueBefore(150_000)).isFalse();
    assertThat(handOver.isDueBefore(201_000)).isTrue();
    handOver.send();
    assertThat(handOver.isDueBefore(201_000)).isFalse();
  }

  @Test
  void settlesHereWhoseEventLoopIsNoMore() {
    Vertx gone = Vertx.vertx();
    Context caller = gone.getOrCreateContext();
    gone.close().toCompletionStage().toCompletableFuture().join();
    List<String> settled = new ArrayList<>();
    handOver.add(caller, () -> settled.add("a"), 0);

    handOver.send();

    assertThat(settled).containsExactly("a");
  }
}
