package dev.brink.resilience;

/**
 * A monotonic clock in nanoseconds, so that time can be given by hand in tests and in the
 * simulator.
 */
@FunctionalInterface
public interface Ticker {

  long nanos();

  static Ticker system() {
    return System::nanoTime;
  }
}
