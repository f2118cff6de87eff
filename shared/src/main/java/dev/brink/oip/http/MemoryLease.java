package dev.brink.oip.http;

/** What one exchange has taken of the server's memory for bodies; given back once. */
final class MemoryLease {

  private final BodyBudget budget;
  private long taken;
  private boolean closed;

  MemoryLease(BodyBudget budget) {
    this.budget = budget;
  }

  /** Takes {@code bytes} more if they are there and the exchange is not over. */
  synchronized boolean take(long bytes) {
    if (closed || !budget.take(bytes)) {
      return false;
    }
    taken += bytes;
    return true;
  }

  synchronized void close() {
    if (!closed) {
      closed = true;
      budget.giveBack(taken);
    }
  }
}
