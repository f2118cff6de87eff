package dev.brink.edge.sim;

import dev.brink.resilience.Ticker;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock that jumps from event to event; what happens at the same instant keeps its order. */
final class VirtualTime implements Ticker {

  private static final long START = 1_000_000_000L;

  private record Event(long nanos, long order, Runnable action) {}

  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::nanos).thenComparingLong(Event::order));
  private long now = START;
  private long count;

  @Override
  public long nanos() {
    return now;
  }

  double seconds() {
    return (now - START) / 1e9;
  }

  void at(long nanos, Runnable action) {
    events.add(new Event(Math.max(nanos, now), count++, action));
  }

  void after(long nanos, Runnable action) {
    at(now + nanos, action);
  }

  /** Runs everything that is planned up to {@code seconds} after the start. */
  void runUntil(double seconds) {
    long end = START + (long) (seconds * 1e9);
    while (!events.isEmpty() && events.peek().nanos() <= end) {
      Event next = events.poll();
      now = next.nanos();
      next.action().run();
    }
    now = end;
  }
}
