package dev.brink.routing;

import dev.brink.resilience.Ewma;
import dev.brink.resilience.Ticker;
import java.time.Duration;

/**
 * The state of the uplink from what is heard end to end, by calls and by probes alike. Thread-safe.
 */
public final class LinkMonitor {

  private static final long SILENCE_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int SUCCESSES_TO_RETURN = 2;
  private static final double FAILING = 0.3;
  private static final double RECOVERED = 0.15;
  private static final int MINIMUM_CALLS = 5;

  private final Ticker ticker;
  private final Ewma failures = new Ewma(Duration.ofSeconds(2));
  private volatile LinkState state;
  private long heardNanos;
  private int failuresInARow;
  private int successesInARow;

  /**
   * @param first online where requests may go out before anything was heard
   */
  public LinkMonitor(LinkState first, Ticker ticker) {
    this.state = first;
    this.ticker = ticker;
    this.heardNanos = ticker.nanos();
  }

  public LinkState state() {
    return state;
  }

  /** Something came back from the cloud: an answer, be it a refusal, or a probe. */
  public synchronized LinkState succeeded() {
    heardNanos = ticker.nanos();
    failures.add(0, heardNanos);
    failuresInARow = 0;
    successesInARow++;
    state =
        switch (state) {
          case ONLINE, DEGRADED -> usable();
          case OFFLINE, PROBING ->
              successesInARow >= SUCCESSES_TO_RETURN ? LinkState.DEGRADED : LinkState.PROBING;
        };
    return state;
  }

  /** Something was sent, and nothing came back in its time. */
  public synchronized LinkState failed() {
    long now = ticker.nanos();
    failures.add(1, now);
    successesInARow = 0;
    failuresInARow++;
    boolean silent = now - heardNanos >= SILENCE_NANOS && failuresInARow >= 3;
    state =
        switch (state) {
          case ONLINE, DEGRADED -> silent ? LinkState.OFFLINE : usable();
          case OFFLINE, PROBING -> LinkState.OFFLINE;
        };
    return state;
  }

  private LinkState usable() {
    double share = failures.weight(ticker.nanos()) < MINIMUM_CALLS ? 0 : failures.mean();
    double limit = state == LinkState.DEGRADED ? RECOVERED : FAILING;
    return share > limit ? LinkState.DEGRADED : LinkState.ONLINE;
  }
}
