package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.resilience.ManualTicker;
import dev.brink.resilience.Ticker;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkersTest {

  private static final long MILLI = 1_000_000L;
  private static final boolean LONG = true;
  private static final boolean SHORT = false;

  private final ManualTicker ticker = new ManualTicker();
  private final Workers one = new Workers(1, ticker);
  private final CountDownLatch begun = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private final CountDownLatch second = new CountDownLatch(1);

  @AfterEach
  void close() {
    end.countDown();
    one.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException stopped) {
      throw new AssertionError(stopped);
    }
  }

  private void running(Worker worker, boolean isLong) {
    worker.beginRun(ticker.nanos(), MILLI / 10, isLong);
    begun.countDown();
    await(end);
    worker.endRun();
  }

  @Test
  void shortRunsTakeTurns() {
    List<String> order = new CopyOnWriteArrayList<>();
    one.add(
        worker -> {
          running(worker, SHORT);
          order.add("first");
        });
    await(begun);
    one.add(
        worker -> {
          order.add("second");
          second.countDown();
        });
    one.sweep();

    end.countDown();

    await(second);
    assertThat(order).containsExactly("first", "second");
  }

  @Test
  void aLongRunKeepsNobodyWaiting() {
    one.add(worker -> running(worker, LONG));
    await(begun);

    one.add(worker -> second.countDown());

    await(second);
    assertThat(end.getCount()).isEqualTo(1);
  }

  @Test
  void aRunThatTurnsOutToBeLongKeepsNobodyWaiting() {
    one.add(worker -> running(worker, SHORT));
    await(begun);
    one.add(worker -> second.countDown());

    ticker.advance(Duration.ofMillis(3));
    one.sweep();

    await(second);
    assertThat(end.getCount()).isEqualTo(1);
  }

  /** Whoever comes back from a long run joins those at work only where there is a core for it. */
  @Test
  void thoseWhoComeBackFromLongRunsAreNoMoreThanTheCores() throws Exception {
    CountDownLatch shortBegun = new CountDownLatch(1);
    CountDownLatch shortEnd = new CountDownLatch(1);
    List<String> order = new CopyOnWriteArrayList<>();
    one.add(worker -> running(worker, LONG));
    await(begun);
    one.add(
        worker -> {
          worker.beginRun(ticker.nanos(), MILLI / 10, SHORT);
          shortBegun.countDown();
          await(shortEnd);
          order.add("short");
          worker.endRun();
        });
    await(shortBegun);
    one.add(
        worker -> {
          order.add("third");
          second.countDown();
        });
    end.countDown();
    while (one.asleep() == 0 && order.isEmpty()) {
      Thread.onSpinWait();
    }
    shortEnd.countDown();

    await(second);
    assertThat(order).containsExactly("short", "third");
  }

  @Test
  void asManyShortRunsAtOnceAsThereAreCores() throws Exception {
    try (Workers two = new Workers(2, ticker)) {
      CyclicBarrier both = new CyclicBarrier(3);
      for (int i = 0; i < 2; i++) {
        two.add(worker -> meet(both));
      }
      both.await(20, TimeUnit.SECONDS);
    }
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException alone) {
      throw new AssertionError(alone);
    }
  }

  @Test
  void aTaskThatFailsTakesNoWorkerWithIt() {
    one.add(
        worker -> {
          throw new AssertionError("of the task");
        });
    one.add(worker -> second.countDown());

    await(second);
  }

  @Test
  void whatIsWantedLaterIsDoneThenAndInOrder() {
    try (Workers timed = new Workers(1, Ticker.system())) {
      List<String> order = new CopyOnWriteArrayList<>();
      long now = Ticker.system().nanos();
      timed.addLater(worker -> order.add("never"), now + Duration.ofHours(1).toNanos());
      timed.addLater(
          worker -> {
            order.add("later");
            second.countDown();
          },
          now + 20 * MILLI);
      timed.addLater(worker -> order.add("soon"), now + 10 * MILLI);

      await(second);
      assertThat(order).containsExactly("soon", "later");
    }
  }

  @Test
  void answersLeaveBeforeTheWorkersEnd() throws Exception {
    Vertx vertx = Vertx.vertx();
    one.add(
        worker -> {
          worker.handOver().add(vertx.getOrCreateContext(), second::countDown, ticker.nanos());
          one.close();
        });

    await(second);
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void answersLeaveBeforeARunThatTheyWouldWaitForTooLong() throws Exception {
    Vertx vertx = Vertx.vertx();
    Context caller = vertx.getOrCreateContext();
    CountDownLatch settled = new CountDownLatch(1);
    one.add(
        worker -> {
          worker.handOver().add(caller, settled::countDown, ticker.nanos());
          worker.beginRun(ticker.nanos(), MILLI / 10, SHORT);
          assertThat(worker.handOver().isEmpty()).isFalse();
          worker.beginRun(ticker.nanos(), MILLI, SHORT);
          assertThat(worker.handOver().isEmpty()).isTrue();
          running(worker, SHORT);
          second.countDown();
        });

    await(settled);
    end.countDown();
    await(second);
    vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
