package dev.brink.serving;

import java.util.TreeMap;

/** How much waits, by priority; 1 is the most important. */
final class WaitingRows {

  private static final class Level {
    private int requests;
    private int rows;
  }

  private final TreeMap<Integer, Level> levels = new TreeMap<>();
  private int total;
  private long bytes;

  void add(PendingRequest pending) {
    Level level = levels.computeIfAbsent(pending.priority(), priority -> new Level());
    level.requests++;
    level.rows += pending.rows();
    total += pending.rows();
    bytes += pending.inputBytes();
  }

  void remove(PendingRequest pending) {
    Level level = levels.get(pending.priority());
    level.rows -= pending.rows();
    total -= pending.rows();
    bytes -= pending.inputBytes();
    if (--level.requests == 0) {
      levels.remove(pending.priority());
    }
  }

  int total() {
    return total;
  }

  /** What their inputs take of the heap. */
  long bytes() {
    return bytes;
  }

  /** Those that run before one of {@code priority} that comes now, but for its deadline. */
  int ahead(int priority) {
    if (levels.isEmpty() || levels.lastKey() <= priority) {
      return total;
    }
    int rows = 0;
    for (Level level : levels.headMap(priority, true).values()) {
      rows += level.rows;
    }
    return rows;
  }

  /** Whether something waits that is less important than {@code priority}. */
  boolean anyBehind(int priority) {
    return !levels.isEmpty() && levels.lastKey() > priority;
  }
}
