package dev.brink.cloud.worker;

/**
 * How much work a cloud node takes from the bus at once; what comes on top is refused at once.
 *
 * @param maxRequests in flight
 * @param maxBytes of their inputs
 */
public record WorkerLimits(int maxRequests, long maxBytes) {

  private static final int MOST_REQUESTS = 256;
  private static final long MOST_BYTES = 256L << 20;

  /** Of the heap, as what comes over the bus is in memory before anybody can refuse it. */
  private static final int HEAP_SHARE = 4;

  /** What a node with so large a heap takes. */
  public static WorkerLimits ofHeap(long bytes) {
    return new WorkerLimits(MOST_REQUESTS, Math.min(MOST_BYTES, bytes / HEAP_SHARE));
  }

  public WorkerLimits {
    if (maxRequests < 1) {
      throw new IllegalArgumentException("max-requests: " + maxRequests + " (expected: >= 1)");
    }
    if (maxBytes < 1) {
      throw new IllegalArgumentException("max-bytes: " + maxBytes + " (expected: >= 1)");
    }
  }
}
