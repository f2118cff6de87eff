package dev.brink.oip.intake;

/** What one exchange has taken of the server's memory for bodies; given back once. */
public final class MemoryLease {

  private final MemoryBudget budget;
  private long taken;
  private boolean closed;

  public MemoryLease(MemoryBudget budget) {
    this.budget = budget;
  }

  /** Takes {@code bytes} more if they are there and the exchange is not over. */
  public synchronized boolean take(long bytes) {
    if (closed || !budget.take(bytes)) {
      return false;
    }
    taken += bytes;
    return true;
  }

  public synchronized void close() {
    if (!closed) {
      closed = true;
      budget.giveBack(taken);
    }
  }
}
