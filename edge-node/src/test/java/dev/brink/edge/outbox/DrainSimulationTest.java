package dev.brink.edge.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.edge.outbox.DrainSimulation.Manner;
import dev.brink.edge.outbox.DrainSimulation.Outcome;
import dev.brink.edge.outbox.DrainSimulation.Scenario;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** In virtual time with a fixed seed: the same on every machine. */
class DrainSimulationTest {

  private static Scenario sites(
      int sites, Duration service, double liveRate, int seconds, Duration noise) {
    return new Scenario(
        sites,
        10_000,
        8,
        64,
        service,
        1_024,
        liveRate,
        Duration.ofMillis(20),
        Duration.ofSeconds(seconds),
        1,
        noise);
  }

  @Test
  void aFleetThatReturnsSharesTheCloudAndLeavesLiveRequestsAlone() {
    Outcome fleet =
        DrainSimulation.run(
            sites(300, Duration.ofMillis(30), 1_000, 40, Duration.ZERO), Manner.PACED);

    assertThat(fleet.liveRefused()).isZero();
    assertThat(fleet.liveP99()).isLessThan(Duration.ofMillis(100));
    assertThat(fleet.utilisation()).isGreaterThan(0.8);
    assertThat(fleet.jobsOfSite(0)).isGreaterThan(fleet.jobsOfSite(0.5) / 4);
    assertThat(fleet.jobsOfSite(0.05)).isGreaterThan(fleet.jobsOfSite(0.95) / 4);
  }

  @Test
  void aSiteAloneIsAtItsFullRateWithinSeconds() {
    Outcome alone =
        DrainSimulation.run(sites(1, Duration.ofMillis(500), 10, 20, Duration.ZERO), Manner.PACED);

    // 8 at a time, half a second each: 15 a second, from the tenth second on at the latest.
    assertThat(alone.jobsDone()).isGreaterThan(10 * 15);
  }

  @Test
  void aSiteAloneWithAStarvedCloudIsNotTakenForAFleet() {
    Outcome alone =
        DrainSimulation.run(
            sites(1, Duration.ofMillis(1), 5, 20, Duration.ofMillis(10)), Manner.PACED);

    assertThat(alone.jobsDone()).isGreaterThan(600);
  }
}
