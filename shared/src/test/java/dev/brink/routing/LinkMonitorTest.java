package dev.brink.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.resilience.ManualTicker;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class LinkMonitorTest {

  private final ManualTicker ticker = new ManualTicker();
  private final LinkMonitor link = new LinkMonitor(LinkState.ONLINE, ticker);

  @Test
  void staysOnlineThroughASingleFailure() {
    link.succeeded();

    assertThat(link.failed()).isEqualTo(LinkState.ONLINE);
  }

  @Test
  void isDegradedWhileManyFailAndOnlineAgainAfterwards() {
    for (int i = 0; i < 10; i++) {
      link.failed();
      link.succeeded();
    }
    assertThat(link.state()).isEqualTo(LinkState.DEGRADED);

    for (int i = 0; i < 100; i++) {
      ticker.advance(Duration.ofMillis(100));
      link.succeeded();
    }
    assertThat(link.state()).isEqualTo(LinkState.ONLINE);
  }

  @Test
  void isOfflineWhenNothingWasHeardForASecond() {
    link.succeeded();
    for (int i = 0; i < 4; i++) {
      assertThat(link.state().isUsable()).isTrue();
      ticker.advance(Duration.ofMillis(250));
      link.failed();
    }

    assertThat(link.state()).isEqualTo(LinkState.OFFLINE);
  }

  @Test
  void comesBackThroughProbing() {
    offline();

    assertThat(link.succeeded()).isEqualTo(LinkState.PROBING);
    assertThat(link.failed()).isEqualTo(LinkState.OFFLINE);
    link.succeeded();
    assertThat(link.succeeded().isUsable()).isTrue();
  }

  private void offline() {
    for (int i = 0; i < 5; i++) {
      ticker.advance(Duration.ofSeconds(1));
      link.failed();
    }
    assertThat(link.state()).isEqualTo(LinkState.OFFLINE);
  }
}
