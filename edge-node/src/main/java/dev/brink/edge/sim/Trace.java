package dev.brink.edge.sim;

/**
 * What the two models answered to one recorded request.
 *
 * @param confidence of the edge's answer: its largest probability
 */
record Trace(
    double confidence, String edgeLabel, String cloudLabel, String trueLabel, boolean outOfScope) {

  boolean agrees() {
    return edgeLabel.equals(cloudLabel);
  }
}
