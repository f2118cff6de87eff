package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MemoryReturnTest {

  private static final long LARGE = 8 << 20;
  private static final long SMALL = 1 << 20;

  private final MemoryReturn memory = new MemoryReturn();

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void theLastOfABurstGivesBack() {
    assertThat(memory.isDue(LARGE, true, millis(0))).isFalse();
    assertThat(memory.isDue(LARGE, true, millis(30))).isFalse();
    assertThat(memory.isDue(LARGE, false, millis(60))).isTrue();
  }

  @Test
  void largeRunsOneAfterAnotherKeepWhatTheNextOneNeeds() {
    assertThat(memory.isDue(LARGE, false, millis(0))).isTrue();
    assertThat(memory.isDue(LARGE, false, millis(30))).isFalse();
    assertThat(memory.isDue(LARGE, false, millis(240))).isFalse();
    assertThat(memory.isDue(LARGE, false, millis(260))).isTrue();
  }

  @Test
  void smallRunsNeverDo() {
    assertThat(memory.isDue(SMALL, false, millis(0))).isFalse();
  }
}
