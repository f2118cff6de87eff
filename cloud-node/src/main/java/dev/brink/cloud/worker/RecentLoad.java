package dev.brink.cloud.worker;

import dev.brink.inference.LoadReport;
import dev.brink.resilience.Ticker;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * What a node says of its load, at most two milliseconds old: it goes out with every answer, and
 * working it out asks every model. Thread-safe.
 */
public final class RecentLoad implements Supplier<LoadReport> {

  private static final long OLDEST_NANOS = Duration.ofMillis(2).toNanos();

  private final Supplier<LoadReport> load;
  private final Ticker ticker;
  private volatile Seen seen;

  private record Seen(long nanos, LoadReport load) {}

  public RecentLoad(Supplier<LoadReport> load, Ticker ticker) {
    this.load = load;
    this.ticker = ticker;
  }

  @Override
  public LoadReport get() {
    long now = ticker.nanos();
    Seen last = seen;
    if (last == null || now - last.nanos() > OLDEST_NANOS) {
      last = new Seen(now, load.get());
      seen = last;
    }
    return last.load();
  }
}
