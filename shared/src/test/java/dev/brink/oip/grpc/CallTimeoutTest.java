package dev.brink.oip.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CallTimeoutTest {

  private static final Duration LIMIT = Duration.ofMinutes(5);

  @ParameterizedTest
  @CsvSource({"7n,PT0.000000007S", "250u,PT0.00025S", "1m,PT0.001S", "99S,PT99S", "3M,PT3M"})
  void countsInItsUnit(String header, Duration expected) {
    assertThat(CallTimeout.within(header, LIMIT)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "S", "1", "1s", "-1S", "+1S", "1 S", "1.5S", "123456789S", "\u0663S"})
  void whatIsNoTimeoutIsNone(String header) {
    assertThat(CallTimeout.within(header, LIMIT)).isEqualTo(LIMIT);
  }

  @Test
  void isNoLongerThanTheLimit() {
    assertThat(CallTimeout.within("2H", LIMIT)).isEqualTo(LIMIT);
    assertThat(CallTimeout.within(null, LIMIT)).isEqualTo(LIMIT);
  }
}
