package dev.brink.cloud.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.LoadReport;
import dev.brink.routing.NodeSnapshot.CloudView;
import org.junit.jupiter.api.Test;

class FleetTest {

  private static final long MILLI = 1_000_000;

  @Test
  void aQueueIsLeftToAPeerThatIsClearlySooner() {
    assertThat(Fleet.isClearlySooner(CloudView.online(5 * MILLI), load(9, MILLI))).isTrue();
  }

  @Test
  void aPeerThatIsHardlySoonerIsNotWorthTheWay() {
    assertThat(Fleet.isClearlySooner(CloudView.online(8 * MILLI), load(9, MILLI))).isFalse();
  }

  @Test
  void aBatchThatFormsIsNoQueue() {
    assertThat(Fleet.isClearlySooner(CloudView.online(MILLI), load(3, 10 * MILLI))).isFalse();
  }

  private static LoadReport load(int queued, long serviceNanos) {
    return new LoadReport(queued, queued, 1, serviceNanos, 0, 0);
  }
}
