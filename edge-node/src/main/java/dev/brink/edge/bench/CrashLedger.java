package dev.brink.edge.bench;

import java.util.ArrayDeque;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What the client was promised: keys it sent, jobs it was given for them. */
final class CrashLedger {

  private final AtomicInteger keys = new AtomicInteger();
  private final Queue<String> unanswered = new ArrayDeque<>();
  private final Map<String, String> jobs = new ConcurrentHashMap<>();
  private final AtomicInteger renamed = new AtomicInteger();

  /** A key to send: first those whose fate is unknown. */
  String next() {
    synchronized (unanswered) {
      String again = unanswered.poll();
      return again == null ? "key-" + keys.incrementAndGet() : again;
    }
  }

  void answered(String key, Optional<String> job) {
    if (job.isEmpty()) {
      synchronized (unanswered) {
        unanswered.add(key);
      }
      return;
    }
    String earlier = jobs.put(key, job.get());
    if (earlier != null && !earlier.equals(job.get())) {
      renamed.incrementAndGet();
    }
  }

  boolean hasUnanswered() {
    synchronized (unanswered) {
      return !unanswered.isEmpty();
    }
  }

  /** Key to job, of all that were accepted. */
  Map<String, String> jobs() {
    return jobs;
  }

  /** Keys that named two jobs. */
  int renamed() {
    return renamed.get();
  }
}
