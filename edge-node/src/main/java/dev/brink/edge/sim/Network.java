package dev.brink.edge.sim;

import java.util.SplittableRandom;

/** The uplink: half a round trip each way, and a retransmission for what is lost, as TCP does. */
final class Network {

  private static final double JITTER = 0.05;
  private static final long RETRANSMIT_NANOS = 200_000_000L;
  private static final int MOST_RETRANSMITS = 6;

  private final Scenario scenario;
  private final VirtualTime time;
  private final SplittableRandom random;

  Network(Scenario scenario, VirtualTime time, SplittableRandom random) {
    this.scenario = scenario;
    this.time = time;
    this.random = random;
  }

  boolean isCut() {
    return scenario.isCut(time.seconds());
  }

  /** Delivers a message, or does not where the link is cut. */
  void send(Runnable arrival) {
    send(delay(), arrival);
  }

  void send(long delayNanos, Runnable arrival) {
    if (isCut()) {
      return;
    }
    time.after(
        delayNanos,
        () -> {
          if (!isCut()) {
            arrival.run();
          }
        });
  }

  /** How long a message sent now takes one way. */
  long delay() {
    double second = time.seconds();
    double half = scenario.roundTripMillis(second) * 5e5;
    long delay = (long) (half * (1 + JITTER * (2 * random.nextDouble() - 1)));
    long again = RETRANSMIT_NANOS;
    for (int i = 0; i < MOST_RETRANSMITS && random.nextDouble() < scenario.loss(second); i++) {
      delay += again;
      again *= 2;
    }
    return delay;
  }
}
