package dev.brink.edge.sim;

import java.util.Arrays;

/** What a policy made of a scenario. */
final class Tally {

  private static final double CALL_PRICE = 0.05;

  private final VirtualTime time;
  private final Series series;
  private long[] latencies = new long[1 << 14];
  private int answers;
  private int asked;
  private int inTime;
  private int inTimeAgreed;
  private int agreed;
  private int correct;
  private int calls;
  private int degraded;
  private int callsMeanwhile;
  private int callsToSlow;

  Tally(VirtualTime time, double seconds) {
    this.time = time;
    this.series = new Series((int) seconds + 1);
  }

  void asked() {
    asked++;
    series.asked(time.seconds());
  }

  void escalated() {
    series.forwarded(time.seconds());
  }

  void called() {
    calls++;
  }

  /**
   * A call while some node is slow.
   *
   * @param isSlow whether it goes to such a one
   */
  void calledMeanwhile(boolean isSlow) {
    callsMeanwhile++;
    callsToSlow += isSlow ? 1 : 0;
  }

  double shareToSlow() {
    return callsMeanwhile == 0 ? 0 : (double) callsToSlow / callsMeanwhile;
  }

  void answered(
      Trace trace, long latencyNanos, boolean isInTime, boolean fromCloud, boolean isDegraded) {
    boolean agrees = fromCloud || trace.agrees();
    String label = fromCloud ? trace.cloudLabel() : trace.edgeLabel();
    if (answers == latencies.length) {
      latencies = Arrays.copyOf(latencies, answers * 2);
    }
    latencies[answers++] = latencyNanos;
    inTime += isInTime ? 1 : 0;
    inTimeAgreed += isInTime && agrees ? 1 : 0;
    agreed += agrees ? 1 : 0;
    correct += label.equals(trace.trueLabel()) ? 1 : 0;
    degraded += isDegraded ? 1 : 0;
    series.answered(time.seconds(), latencyNanos, agrees);
  }

  Series series() {
    return series;
  }

  Score score() {
    double n = asked;
    long[] sorted = Arrays.copyOf(latencies, answers);
    Arrays.sort(sorted);
    double p99 = answers == 0 ? 0 : sorted[(int) (0.99 * (answers - 1))] / 1e6;
    return new Score(
        asked,
        inTimeAgreed / n - CALL_PRICE * calls / n,
        inTime / n,
        answers == 0 ? 0 : (double) agreed / answers,
        correct / n,
        calls / n,
        degraded / n,
        p99);
  }
}
