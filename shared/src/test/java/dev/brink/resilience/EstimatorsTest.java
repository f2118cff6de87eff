package dev.brink.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class EstimatorsTest {

  private static final long MS = 1_000_000L;
  private static final long SECOND = 1_000 * MS;

  @Test
  void anAverageForgetsByHalves() {
    Ewma average = new Ewma(Duration.ofSeconds(1));
    average.add(10, 0);
    average.add(40, SECOND);

    assertThat(average.mean()).isCloseTo(30, within(1e-9));
    assertThat(average.weight(2 * SECOND)).isCloseTo(0.75, within(1e-9));
  }

  @Test
  void anAverageOfNothingIsNoNumber() {
    assertThat(new Ewma(Duration.ofSeconds(1)).mean()).isNaN();
  }

  @Test
  void aPeakIsBelievedAtOnceAndForgottenSlowly() {
    PeakEwma peak = new PeakEwma(Duration.ofSeconds(1));
    peak.add(10, 0);
    peak.add(100, 0);
    assertThat(peak.value(0)).isEqualTo(100);

    peak.add(10, SECOND);
    assertThat(peak.value(SECOND)).isCloseTo(10 + 90 / Math.E, within(1e-9));
    assertThat(peak.value(100 * SECOND)).isLessThan(1e-9);
  }

  @Test
  void quantilesAreWithinABucketOfTheTruth() {
    DecayingQuantiles quantiles = new DecayingQuantiles(Duration.ofSeconds(10));
    for (int i = 1; i <= 1000; i++) {
      quantiles.add(i * MS, 0);
    }

    assertThat(quantiles.quantile(0.5)).isBetween(500 * MS, 563 * MS);
    assertThat(quantiles.quantile(0.95)).isBetween(950 * MS, 1069 * MS);
  }

  @Test
  void quantilesFollowAStep() {
    DecayingQuantiles quantiles = new DecayingQuantiles(Duration.ofSeconds(1));
    for (int i = 0; i < 100; i++) {
      quantiles.add(10 * MS, i * 10 * MS);
    }
    for (int i = 100; i < 300; i++) {
      quantiles.add(100 * MS, i * 10 * MS);
    }

    assertThat(quantiles.quantile(0.5)).isBetween(100 * MS, 113 * MS);
  }

  @Test
  void quantilesTakeTheShortestAndTheLongest() {
    DecayingQuantiles quantiles = new DecayingQuantiles(Duration.ofSeconds(1));
    assertThat(quantiles.quantile(0.5)).isZero();
    quantiles.add(0, 0);
    quantiles.add(Long.MAX_VALUE, 0);

    assertThat(quantiles.quantile(0.5)).isPositive();
    assertThat(quantiles.quantile(1)).isGreaterThan(100 * SECOND);
  }
}
