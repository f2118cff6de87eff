package dev.brink.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BudgetsTest {

  private final ManualTicker ticker = new ManualTicker();

  @Test
  void aBucketNeverGivesMoreThanItsBurstAndItsRate() {
    TokenBucket bucket = new TokenBucket(100, 50, ticker);
    int taken = 0;
    for (int i = 0; i < 10_000; i++) {
      taken += bucket.tryTake() ? 1 : 0;
      ticker.advance(Duration.ofMillis(1));
    }

    assertThat(taken).isBetween(1048, 1050);
  }

  @Test
  void aBucketTellsHowMuchIsLeft() {
    TokenBucket bucket = new TokenBucket(1, 4, ticker);
    bucket.tryTake();

    assertThat(bucket.level()).isEqualTo(0.75);
  }

  @Test
  void aClockThatGoesBackGivesNothing() {
    long[] now = {10_000_000_000L};
    TokenBucket bucket = new TokenBucket(10, 1, () -> now[0]);
    bucket.tryTake();
    now[0] = 0;

    assertThat(bucket.tryTake()).isFalse();
  }

  @Test
  void extraCallsAreAShareOfTheOrdinaryOnes() {
    CallBudget budget = new CallBudget(0.1, 3);
    int taken = 0;
    for (int i = 0; i < 1000; i++) {
      budget.called();
      taken += budget.tryTake() ? 1 : 0;
    }

    assertThat(taken).isBetween(100, 103);
  }

  @Test
  void aPermitCountsOnceHoweverOftenItIsClosed() {
    ConcurrencyLimit limit = new ConcurrencyLimit(2);
    ConcurrencyLimit.Permit permit = limit.tryAcquire().orElseThrow();
    limit.tryAcquire().orElseThrow();
    assertThat(limit.tryAcquire()).isEmpty();

    permit.close();
    permit.close();

    assertThat(limit.held()).isEqualTo(1);
  }

  @Test
  void theWaitDoublesUpToTheLongest() {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5), 0);

    assertThat(backoff.delay(0, new SplittableRandom(1))).isEqualTo(Duration.ofSeconds(1));
    assertThat(backoff.delay(2, new SplittableRandom(1))).isEqualTo(Duration.ofSeconds(4));
    assertThat(backoff.delay(60, new SplittableRandom(1))).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void jitterStaysWithinItsShare() {
    Backoff backoff = new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(5), 0.2);
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 1000; i++) {
      assertThat(backoff.delay(0, random).toMillis()).isBetween(800L, 1200L);
    }
  }

  @Test
  void settingsThatMakeNoSenseAreNamed() {
    assertThatThrownBy(() -> new ConcurrencyLimit(0)).hasMessage("limit: 0 (expected: >= 1)");
    assertThatThrownBy(() -> new TokenBucket(0, 1, ticker))
        .hasMessage("per-second: 0.0 (expected: > 0)");
    assertThatThrownBy(() -> new Backoff(Duration.ofSeconds(2), Duration.ofSeconds(1), 0))
        .hasMessage("longest: PT1S (expected: >= PT2S)");
  }
}
