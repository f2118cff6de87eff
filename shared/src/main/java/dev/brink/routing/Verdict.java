package dev.brink.routing;

import dev.brink.inference.Reason;

/** What becomes of an edge answer; confidence is NaN where the answer carries no signal. */
public sealed interface Verdict {

  Reason reason();

  double confidence();

  double threshold();

  /** Whether the edge's answer is one of its words for "I don't know". */
  boolean unknown();

  /**
   * Return it.
   *
   * @param degraded whether it would have been escalated, had the cloud been there and worth it
   * @param unknown whether the edge said "I don't know"
   */
  record Keep(Reason reason, boolean degraded, boolean unknown, double confidence, double threshold)
      implements Verdict {

    /** Of an answer that does not say "I don't know". */
    public Keep(Reason reason, boolean degraded, double confidence, double threshold) {
      this(reason, degraded, false, confidence, threshold);
    }
  }

  /** Hold it, and ask the cloud. */
  record Escalate(Reason reason, double confidence, double threshold) implements Verdict {

    public boolean unknown() {
      return reason == Reason.UNKNOWN;
    }
  }
}
