package dev.brink.cloud.worker;

/**
 * How much work a cloud node takes from the bus at once; what comes on top is refused at once.
 *
 * @param maxRequests in flight
 * @param maxBytes of their inputs
 */
public record WorkerLimits(int maxRequests, long maxBytes) {

  public WorkerLimits {
    if (maxRequests < 1) {
      throw new IllegalArgumentException("max-requests: " + maxRequests + " (expected: >= 1)");
    }
    if (maxBytes < 1) {
      throw new IllegalArgumentException("max-bytes: " + maxBytes + " (expected: >= 1)");
    }
  }
}
