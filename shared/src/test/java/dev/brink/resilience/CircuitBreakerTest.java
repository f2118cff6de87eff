package dev.brink.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CircuitBreakerTest {

  private static final CircuitBreaker.Settings SETTINGS =
      new CircuitBreaker.Settings(
          3,
          Duration.ofMillis(300),
          0.5,
          10,
          Duration.ofSeconds(5),
          new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(8), 0));

  private final ManualTicker ticker = new ManualTicker();
  private final CircuitBreaker breaker =
      new CircuitBreaker(SETTINGS, ticker, new SplittableRandom(1));

  @Test
  void staysClosedWhileFailuresAreScattered() {
    for (int i = 0; i < 20; i++) {
      breaker.failed();
      breaker.succeeded();
      breaker.succeeded();
    }

    assertThat(breaker.state()).isInstanceOf(CircuitBreaker.State.Closed.class);
  }

  @Test
  void opensAfterFailuresInARow() {
    openState();

    assertThat(breaker.tryAcquire()).isFalse();
  }

  @Test
  void staysClosedWhileSomethingStillComesBack() {
    breaker.succeeded();
    ticker.advance(Duration.ofMillis(299));
    breaker.failed();
    breaker.failed();
    breaker.failed();

    assertThat(breaker.state()).isInstanceOf(CircuitBreaker.State.Closed.class);
  }

  @Test
  void opensWhenHalfOfTheCallsFail() {
    for (int i = 0; i < 6; i++) {
      breaker.succeeded();
      breaker.failed();
    }

    assertThat(breaker.state()).isInstanceOf(CircuitBreaker.State.Open.class);
  }

  @Test
  void letsOneTrialThroughAtATime() {
    openState();
    ticker.advance(Duration.ofSeconds(1));

    assertThat(breaker.tryAcquire()).isTrue();
    assertThat(breaker.tryAcquire()).isFalse();
  }

  @Test
  void letsAnotherTrialThroughWhenNothingIsHeardOfTheFirst() {
    openState();
    ticker.advance(Duration.ofSeconds(1));
    breaker.tryAcquire();
    ticker.advance(Duration.ofSeconds(2));

    assertThat(breaker.tryAcquire()).isTrue();
  }

  @Test
  void closesWhenTheTrialSucceeds() {
    openState();
    ticker.advance(Duration.ofSeconds(1));
    breaker.tryAcquire();
    breaker.succeeded();

    assertThat(breaker.state()).isEqualTo(new CircuitBreaker.State.Closed(0));
  }

  @Test
  void opensForLongerWhenTheTrialFails() {
    openState();
    ticker.advance(Duration.ofSeconds(1));
    breaker.tryAcquire();
    breaker.failed();
    ticker.advance(Duration.ofMillis(1999));
    assertThat(breaker.allows(ticker.nanos())).isFalse();

    ticker.advance(Duration.ofMillis(1));
    assertThat(breaker.allows(ticker.nanos())).isTrue();
  }

  @Test
  void lateOutcomesDoNotMoveAnOpenBreaker() {
    openState();
    CircuitBreaker.State open = breaker.state();
    breaker.succeeded();
    breaker.failed();

    assertThat(breaker.state()).isEqualTo(open);
  }

  private void openState() {
    breaker.failed();
    breaker.failed();
    breaker.failed();
    assertThat(breaker.state()).isInstanceOf(CircuitBreaker.State.Open.class);
  }
}
