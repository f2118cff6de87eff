package dev.brink.resilience;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Stops asking a peer that fails: closed until failures pile up, then open for a while that grows
 * with every relapse, then half open with one trial at a time. Thread-safe.
 */
public final class CircuitBreaker {

  /** What the breaker knows; each state offers only its legal moves. */
  public sealed interface State {

    /** Calls go through. */
    record Closed(int failuresInARow) implements State {
      State failed(Settings settings, boolean silent, boolean oftenEnough, long openUntil) {
        return failuresInARow + 1 >= settings.failuresInARow() && silent || oftenEnough
            ? new Open(openUntil, 0)
            : new Closed(failuresInARow + 1);
      }
    }

    /** No call goes through until {@code untilNanos}. */
    record Open(long untilNanos, int relapses) implements State {
      State trial(long trialUntil) {
        return new HalfOpen(trialUntil, relapses);
      }
    }

    /** One trial is out; when nothing is heard of it until {@code untilNanos}, another may go. */
    record HalfOpen(long untilNanos, int relapses) implements State {
      State trial(long trialUntil) {
        return new HalfOpen(trialUntil, relapses);
      }

      State failed(long openUntil) {
        return new Open(openUntil, relapses + 1);
      }
    }
  }

  /**
   * @param failuresInARow that open it, where nothing was answered for {@code silence} either
   * @param failureShare of the calls of late that opens it
   * @param minimumCalls of late, before the share means anything
   * @param window half-life of "of late"
   * @param open how long it stays open
   */
  public record Settings(
      int failuresInARow,
      Duration silence,
      double failureShare,
      int minimumCalls,
      Duration window,
      Backoff open) {

    public static Settings standard() {
      return new Settings(
          3,
          Duration.ofMillis(300),
          0.6,
          20,
          Duration.ofSeconds(5),
          new Backoff(Duration.ofSeconds(1), Duration.ofSeconds(15), 0.2));
    }
  }

  private static final State CLOSED = new State.Closed(0);
  private static final long TRIAL_NANOS = Duration.ofSeconds(2).toNanos();

  private final Settings settings;
  private final Ticker ticker;
  private final RandomGenerator random;
  private final Ewma failures;
  private volatile State state = CLOSED;
  private long heardNanos = Long.MIN_VALUE / 2;

  public CircuitBreaker(Settings settings, Ticker ticker, RandomGenerator random) {
    this.settings = settings;
    this.ticker = ticker;
    this.random = random;
    this.failures = new Ewma(settings.window());
  }

  /** Whether a call could go through now; asking changes nothing. */
  public boolean allows(long nowNanos) {
    return switch (state) {
      case State.Closed closed -> true;
      case State.Open open -> nowNanos >= open.untilNanos();
      case State.HalfOpen half -> nowNanos >= half.untilNanos();
    };
  }

  /** Asks for a call, which may be the trial; its outcome must be told. */
  public synchronized boolean tryAcquire() {
    long now = ticker.nanos();
    if (!allows(now)) {
      return false;
    }
    state =
        switch (state) {
          case State.Closed closed -> closed;
          case State.Open open -> open.trial(now + TRIAL_NANOS);
          case State.HalfOpen half -> half.trial(now + TRIAL_NANOS);
        };
    return true;
  }

  public synchronized void succeeded() {
    heardNanos = ticker.nanos();
    failures.add(0, heardNanos);
    state =
        switch (state) {
          case State.Closed closed -> CLOSED;
          case State.Open open -> open;
          case State.HalfOpen half -> CLOSED;
        };
  }

  public synchronized void failed() {
    long now = ticker.nanos();
    failures.add(1, now);
    state =
        switch (state) {
          case State.Closed closed ->
              closed.failed(settings, isSilent(now), failsOften(now), openUntil(now, 0));
          case State.Open open -> open;
          case State.HalfOpen half -> half.failed(openUntil(now, half.relapses() + 1));
        };
  }

  public State state() {
    return state;
  }

  private boolean isSilent(long now) {
    return now - heardNanos >= settings.silence().toNanos();
  }

  private boolean failsOften(long now) {
    return failures.weight(now) >= settings.minimumCalls()
        && failures.mean() >= settings.failureShare();
  }

  private long openUntil(long now, int relapses) {
    return now + settings.open().delay(relapses, random).toNanos();
  }
}
