package dev.brink.inference;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CancellationTest {

  private final Cancellation cancellation = new Cancellation();
  private final AtomicInteger runs = new AtomicInteger();

  @Test
  void everyActionRunsOnceAndAtOnceWhenCancelledAlready() {
    cancellation.onCancel(runs::incrementAndGet);

    cancellation.cancel();
    cancellation.cancel();
    assertThat(runs).hasValue(1);

    cancellation.onCancel(runs::incrementAndGet).forget();
    assertThat(runs).hasValue(2);
  }

  @Test
  void whatWasForgottenDoesNotRun() {
    Cancellation.Registration registration = cancellation.onCancel(runs::incrementAndGet);

    registration.forget();
    cancellation.cancel();

    assertThat(runs).hasValue(0);
  }

  @Test
  void nothingIsHeldOfAThousandChildrenThatAreDone() {
    for (int i = 0; i < 1_000; i++) {
      cancellation.child().detach();
    }

    assertThat(cancellation.waiting()).isZero();
  }

  @Test
  void onlyWhoIsNotDoneFollows() {
    Cancellation done = cancellation.child();
    Cancellation underWay = cancellation.child();

    done.detach();
    cancellation.cancel();

    assertThat(done.isCancelled()).isFalse();
    assertThat(underWay.isCancelled()).isTrue();
  }
}
