package dev.brink.cloud.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.LoadReport;
import dev.brink.resilience.ManualTicker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class RecentLoadTest {

  private final ManualTicker ticker = new ManualTicker();
  private final AtomicInteger asked = new AtomicInteger();
  private final RecentLoad load =
      new RecentLoad(() -> new LoadReport(asked.incrementAndGet(), 0, 0, 0, 0, 0), ticker);

  @Test
  void isWorkedOutOnceForAllAnswersOfAMoment() {
    assertThat(load.get()).isSameAs(load.get());
    assertThat(asked).hasValue(1);
  }

  @Test
  void isNeverOlderThanTwoMilliseconds() {
    load.get();
    ticker.advance(Duration.ofMillis(3));

    assertThat(load.get().inFlight()).isEqualTo(2);
  }
}
