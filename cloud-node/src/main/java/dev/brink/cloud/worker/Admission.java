package dev.brink.cloud.worker;

import dev.brink.inference.LoadReport;
import java.util.HashMap;
import java.util.Map;

/**
 * Counts what is in flight, in requests and in bytes, for all senders and for each, and refuses
 * what would exceed the limits. What is free is granted to the senders in equal parts.
 */
final class Admission {

  private final WorkerLimits limits;
  private final Map<String, Usage> senders = new HashMap<>();
  private int requests;
  private long bytes;

  private static final class Usage {
    private int requests;
    private long bytes;
  }

  Admission(WorkerLimits limits) {
    this.limits = limits;
  }

  /** A request larger than all of the limit is let in when it is alone. */
  synchronized boolean tryEnter(String sender, long size) {
    if (requests >= limits.maxRequests() || (requests > 0 && bytes + size > limits.maxBytes())) {
      return false;
    }
    Usage usage = senders.computeIfAbsent(sender, name -> new Usage());
    usage.requests++;
    usage.bytes += size;
    requests++;
    bytes += size;
    return true;
  }

  synchronized void leave(String sender, long size) {
    Usage usage = senders.get(sender);
    usage.requests--;
    usage.bytes -= size;
    if (usage.requests == 0) {
      senders.remove(sender);
    }
    requests--;
    bytes -= size;
  }

  /** What {@code sender} may have in flight in all: what it has and its part of what is free. */
  synchronized LoadReport grant(String sender, LoadReport load) {
    Usage usage = senders.get(sender);
    int others = senders.size() + (usage == null ? 1 : 0);
    int freeRequests = Math.max(0, limits.maxRequests() - requests) / others;
    long freeBytes = Math.max(0, limits.maxBytes() - bytes) / others;
    return new LoadReport(
        load.inFlight(),
        load.queued(),
        load.utilisation(),
        load.serviceNanos(),
        (usage == null ? 0 : usage.requests) + freeRequests,
        (usage == null ? 0 : usage.bytes) + freeBytes);
  }
}
