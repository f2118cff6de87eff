package dev.brink.resilience;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Bounds how much goes on at once; what exceeds it is refused, never queued. Thread-safe. */
public final class ConcurrencyLimit {

  private final int limit;
  private final AtomicInteger held = new AtomicInteger();

  public ConcurrencyLimit(int limit) {
    this.limit = Positive.count("limit", limit);
  }

  /** A permit to be held until the work ends, not until its caller gives up; empty at the limit. */
  public Optional<Permit> tryAcquire() {
    int now = held.get();
    while (now < limit) {
      if (held.compareAndSet(now, now + 1)) {
        return Optional.of(new Permit());
      }
      now = held.get();
    }
    return Optional.empty();
  }

  public int held() {
    return held.get();
  }

  /** May be closed more than once; only the first time counts. */
  public final class Permit implements AutoCloseable {

    private final AtomicBoolean closed = new AtomicBoolean();

    private Permit() {}

    @Override
    public void close() {
      if (closed.compareAndSet(false, true)) {
        held.decrementAndGet();
      }
    }
  }
}
