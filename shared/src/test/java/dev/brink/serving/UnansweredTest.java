package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.InferenceError;
import dev.brink.model.ModelStatistics.Total;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UnansweredTest {

  private final Unanswered unanswered = new Unanswered();

  @Test
  void eachIsCountedOnceByItsReason() {
    count(new InferenceError.Overloaded("full", Duration.ZERO));
    unanswered.countUnread();
    count(new InferenceError.DeadlineExceeded("late"));
    count(new InferenceError.Cancelled("gone"));
    count(new InferenceError.Internal("broken"));
    unanswered.count(new IllegalStateException("unexpected"), 10);

    assertThat(unanswered.byReason())
        .isEqualTo(Map.of("refused", 2L, "expired", 1L, "cancelled", 1L, "failed", 2L));
    assertThat(unanswered.total()).isEqualTo(new Total(6, 50));
  }

  private void count(InferenceError error) {
    unanswered.count(error.asException(), 10);
  }
}
