package dev.brink.cloud.worker;

import dev.brink.inference.LoadReport;

/** Counts what is in flight, in requests and in bytes, and refuses what would exceed the limits. */
final class Admission {

  private final WorkerLimits limits;
  private int requests;
  private long bytes;

  Admission(WorkerLimits limits) {
    this.limits = limits;
  }

  /** A request larger than all of the limit is let in when it is alone. */
  synchronized boolean tryEnter(long size) {
    if (requests >= limits.maxRequests() || (requests > 0 && bytes + size > limits.maxBytes())) {
      return false;
    }
    requests++;
    bytes += size;
    return true;
  }

  synchronized void leave(long size) {
    requests--;
    bytes -= size;
  }

  synchronized LoadReport grant(LoadReport load) {
    return new LoadReport(
        load.inFlight(),
        load.queued(),
        load.utilisation(),
        load.serviceNanos(),
        limits.maxRequests() - requests,
        Math.max(0, limits.maxBytes() - bytes));
  }
}
