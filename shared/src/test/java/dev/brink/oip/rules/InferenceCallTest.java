package dev.brink.oip.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.Parameters;
import dev.brink.oip.EchoService;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InferenceCallTest {

  private static final long NOW = 5_000_000_000L;
  private static final long ARRIVED = NOW - 400_000_000L;
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Vertx vertx = Vertx.vertx();
  private final InferenceCall call = new InferenceCall(vertx, new EchoService(), () -> NOW);

  @AfterEach
  void stop() {
    vertx.close();
  }

  @Test
  void aTimeoutCountsFromTheRequestsArrivalAndNotFromTheEndOfItsBody() {
    Parameters half = Parameters.of(Map.of("timeout", 500_000L));

    assertThat(call.deadline(half, LIMIT, ARRIVED).remainingNanos(NOW)).isEqualTo(100_000_000L);
    assertThat(call.deadline(half, LIMIT).remainingNanos(NOW)).isEqualTo(500_000_000L);
  }

  @Test
  void theEarlierOfTwoLimitsHoldsHoweverLongTheBodyTook() {
    Parameters half = Parameters.of(Map.of("timeout", 500_000L));

    assertThat(call.deadline(half, Duration.ofMillis(300), ARRIVED).remainingNanos(NOW))
        .isEqualTo(100_000_000L);
    assertThat(call.deadline(half, Duration.ofMillis(50), ARRIVED).remainingNanos(NOW))
        .isEqualTo(50_000_000L);
  }

  @Test
  void aLongerTimeoutThanAllowedAndNoneAreTheLimit() {
    Parameters tooLong = Parameters.of(Map.of("timeout", 60_000_000L));

    assertThat(call.deadline(tooLong, LIMIT, ARRIVED).remainingNanos(NOW))
        .isEqualTo(LIMIT.toNanos());
    assertThat(call.deadline(Parameters.none(), LIMIT, ARRIVED).remainingNanos(NOW))
        .isEqualTo(LIMIT.toNanos());
  }
}
