package dev.brink.edge.outbox;

import java.util.Arrays;

/**
 * Whether the cloud's queue stands, for one model, by nothing but that model's own answers of late:
 * how long they waited there, beside how long they take without waiting. One answer that waited is
 * a busy machine's scheduler; several in a row are a queue. A server that does not say how long a
 * request waited is judged by how much longer than its fastest it takes.
 */
final class QueueGauge {

  /** What an answer says. */
  enum Sign {
    CLEAR,
    QUEUED,
    /** It waited longer than the whole way takes: no scheduler does that often. */
    FULL
  }

  /** Of the typical time without waiting. */
  private static final double STANDING = 0.2;

  private static final double LONG = 1.5;

  /** Of the fastest, where the server does not say. */
  private static final double SLOW = 2;

  private static final int REMEMBERED = 16;

  /** The fastest is forgotten by doubling within some hundred answers. */
  private static final double FORGETTING = 1.005;

  private final long[] working = new long[REMEMBERED];
  private int known;
  private int next;
  private double typicalNanos;
  private double fastestNanos = Double.POSITIVE_INFINITY;

  /**
   * An answer came.
   *
   * @param latencyNanos from sending to the answer
   * @param queueNanos of these, waiting at the cloud; 0 where it does not say
   */
  Sign add(long latencyNanos, long queueNanos) {
    working[next] = Math.max(1, latencyNanos - queueNanos);
    next = (next + 1) % REMEMBERED;
    known = Math.min(known + 1, REMEMBERED);
    typicalNanos = median();
    fastestNanos = Math.min(fastestNanos * FORGETTING, typicalNanos);
    return queueNanos > 0
        ? sign(queueNanos, STANDING * typicalNanos, LONG * typicalNanos)
        : sign(latencyNanos, SLOW * fastestNanos, 2 * SLOW * fastestNanos);
  }

  /** Of an answer without waiting, by the median of those of late. */
  double typicalNanos() {
    return typicalNanos;
  }

  private static Sign sign(long nanos, double standing, double full) {
    return nanos > full ? Sign.FULL : nanos > standing ? Sign.QUEUED : Sign.CLEAR;
  }

  private long median() {
    long[] sorted = Arrays.copyOf(working, known);
    Arrays.sort(sorted);
    return sorted[(sorted.length - 1) / 2];
  }
}
