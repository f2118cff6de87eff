package dev.brink.oip.intake;

import java.util.concurrent.atomic.AtomicLong;

/** The memory that all request bodies of a server may take together. */
public final class MemoryBudget {

  private final long limit;
  private final AtomicLong used = new AtomicLong();

  public MemoryBudget(long limit) {
    this.limit = limit;
  }

  /** Takes {@code bytes} if they are there. */
  public boolean take(long bytes) {
    if (used.addAndGet(bytes) <= limit) {
      return true;
    }
    used.addAndGet(-bytes);
    return false;
  }

  /** Whether {@code bytes} could be taken now. */
  public boolean hasRoom(long bytes) {
    return used.get() + bytes <= limit;
  }

  public void giveBack(long bytes) {
    used.addAndGet(-bytes);
  }

  public long used() {
    return used.get();
  }
}
