package dev.brink.oip.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeldConnectionsTest {

  private static final int A_STEP = HeldConnections.REFUSALS_A_SECOND / 100;

  private final HeldConnections held = new HeldConnections();
  private final EmbeddedChannel channel = new EmbeddedChannel();

  @AfterEach
  void close() {
    channel.close();
  }

  @Test
  void aFewRefusalsKeepNobodyWaiting() {
    refuse(A_STEP);

    assertThat(isRead()).isTrue();
  }

  @Test
  void whoIsRefusedBeyondThemWaitsForTheNextStep() {
    refuse(A_STEP + 1);
    assertThat(isRead()).isFalse();

    pass(9);
    assertThat(isRead()).isFalse();

    pass(1);
    assertThat(isRead()).isTrue();
  }

  @Test
  void whoWaitedUsesUpARefusalOfTheStep() {
    refuse(A_STEP + 1);
    pass(10);

    refuse(A_STEP - 1);
    assertThat(isRead()).isTrue();
    refuse(1);
    assertThat(isRead()).isFalse();
  }

  @Test
  void afterAQuietStepThereIsRoomForAllOfThemAgain() {
    refuse(A_STEP);
    pass(20);

    refuse(A_STEP);
    assertThat(isRead()).isTrue();
  }

  @Test
  void whoIsNotReadBecauseTooMuchOfItWaitsIsNotReadForThis() {
    channel.config().setAutoRead(false);

    refuse(A_STEP + 1);
    pass(1_000);

    assertThat(isRead()).isFalse();
  }

  private void refuse(int times) {
    for (int i = 0; i < times; i++) {
      held.refused(channel);
    }
    channel.runPendingTasks();
  }

  private void pass(long millis) {
    channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
    channel.runScheduledPendingTasks();
  }

  private boolean isRead() {
    return channel.config().isAutoRead();
  }
}
