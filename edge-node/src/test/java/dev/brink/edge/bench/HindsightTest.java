package dev.brink.edge.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.brink.edge.bench.Hindsight.Known;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HindsightTest {

  /** Ten sure answers of which the two least sure are wrong, and two unknown ones, one wrong. */
  private final Hindsight hindsight = new Hindsight(requests());

  @Test
  void theBestThresholdForwardsNoMoreThanTheObjectiveNeeds() {
    assertThat(hindsight.best(1).forwarded()).isEqualTo(4.0 / 12);
    assertThat(hindsight.best(1).agreement()).isEqualTo(1);
    assertThat(hindsight.best(0.9).forwarded()).isEqualTo(3.0 / 12);
    assertThat(hindsight.best(0.5).forwarded()).isEqualTo(2.0 / 12);
  }

  @Test
  void withFewCallsTheMostUsefulAreMade() {
    assertThat(hindsight.within(0).agreement()).isEqualTo(9.0 / 12);
    assertThat(hindsight.within(2).agreement()).isEqualTo(11.0 / 12);
    assertThat(hindsight.within(3).agreement()).isEqualTo(1);
  }

  @Test
  void drawingLotsIsWorse() {
    assertThat(hindsight.byLot(1, 2)).isCloseTo(9.0 / 12 + 0.5 * 3 / 12, within(1e-9));
    assertThat(hindsight.byLot(1, 100)).isEqualTo(1);
  }

  private static List<Known> requests() {
    List<Known> requests = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      requests.add(new Known(i / 10.0, false, i >= 2));
    }
    requests.add(new Known(0.99, true, true));
    requests.add(new Known(0.01, true, false));
    return requests;
  }
}
