package dev.brink.routing;

import dev.brink.inference.Reason;

/** What becomes of an edge answer; confidence is NaN where the answer carries no signal. */
public sealed interface Verdict {

  double confidence();

  double threshold();

  /**
   * Return it.
   *
   * @param degraded whether it would have been escalated, had the cloud been there and worth it
   */
  record Keep(Reason reason, boolean degraded, double confidence, double threshold)
      implements Verdict {}

  /** Hold it, and ask the cloud. */
  record Escalate(Reason reason, double confidence, double threshold) implements Verdict {}
}
