package dev.brink.resilience;

/** A rate with a burst: what is taken never exceeds {@code burst + rate × time}. Thread-safe. */
public final class TokenBucket {

  private final double perSecond;
  private final double burst;
  private final Ticker ticker;
  private double tokens;
  private long lastNanos;

  /** A bucket that is full at first. */
  public TokenBucket(double perSecond, double burst, Ticker ticker) {
    this.perSecond = Positive.number("per-second", perSecond);
    this.burst = Positive.number("burst", burst);
    this.ticker = ticker;
    this.tokens = burst;
    this.lastNanos = ticker.nanos();
  }

  public synchronized boolean tryTake() {
    refill();
    if (tokens < 1) {
      return false;
    }
    tokens -= 1;
    return true;
  }

  /** Share of the burst that is left, 0 to 1. */
  public synchronized double level() {
    refill();
    return tokens / burst;
  }

  public double perSecond() {
    return perSecond;
  }

  private void refill() {
    long now = ticker.nanos();
    tokens = Math.min(burst, tokens + Math.max(0, now - lastNanos) * perSecond / 1e9);
    lastNanos = now;
  }
}
