package dev.brink.routing;

import static dev.brink.routing.Scenes.INTENT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ObjectiveStateTest {

  private static final NodeSnapshot.CloudView ROOM = NodeSnapshot.CloudView.online(1_000_000);

  private long nanos;
  private int reads;
  private Runnable meanwhile = () -> {};

  @Test
  void twoThreadsThatFindThePriceOldChangeItOnce() {
    double alone = price(false);

    assertThat(alone).isPositive();
    assertThat(price(true)).isCloseTo(alone, within(1e-6));
  }

  /** After two seconds of more traffic than the budget pays for. */
  private double price(boolean contended) {
    nanos = 0;
    ObjectiveState state =
        new ObjectiveState(
            INTENT.withObjective(0, Duration.ZERO, 10),
            AgreementEstimator.from(Calibration.none(), AgreementEstimator.Settings.standard()),
            this::now);
    for (int i = 0; i < 2_000; i++) {
      nanos += 1_000_000;
      double confidence = i % 100 / 100.0;
      state.seen(confidence, false);
      state.compared(confidence, false, i * 37 % 101 < 100 * confidence);
      reads = 0;
      meanwhile = contended ? () -> state.thresholds(ROOM) : () -> {};
      state.thresholds(ROOM);
    }
    return state.thresholds(ROOM).price();
  }

  /** The second reading is that of who has found the price old and was let in. */
  private long now() {
    if (++reads == 2) {
      meanwhile.run();
      nanos++;
    }
    return nanos;
  }
}
