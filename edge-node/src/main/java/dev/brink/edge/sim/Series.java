package dev.brink.edge.sim;

/** What a run looked like second by second. */
final class Series {

  private final double[] asked;
  private final double[] forwarded;
  private final double[] answers;
  private final double[] agreed;
  private final double[] latency;
  private final double[] threshold;
  private final double[] price;

  Series(int seconds) {
    asked = new double[seconds];
    forwarded = new double[seconds];
    answers = new double[seconds];
    agreed = new double[seconds];
    latency = new double[seconds];
    threshold = new double[seconds];
    price = new double[seconds];
  }

  void asked(double second) {
    add(asked, second, 1);
  }

  void forwarded(double second) {
    add(forwarded, second, 1);
  }

  void answered(double second, long latencyNanos, boolean agrees) {
    add(answers, second, 1);
    add(latency, second, latencyNanos / 1e6);
    add(agreed, second, agrees ? 1 : 0);
  }

  void control(double second, double thresholdNow, double priceNow) {
    int at = Math.min(threshold.length - 1, (int) second);
    threshold[at] = thresholdNow;
    price[at] = priceNow;
  }

  double[] forwardedShare() {
    return ratio(forwarded, asked);
  }

  /** Share of what was asked from one second on until another. */
  double forwarded(int from, int until) {
    double all = 0;
    double sent = 0;
    for (int second = from; second < Math.min(until, asked.length); second++) {
      all += asked[second];
      sent += forwarded[second];
    }
    return all == 0 ? 0 : sent / all;
  }

  double[] meanLatencyMillis() {
    return ratio(latency, answers);
  }

  double[] agreement() {
    return ratio(agreed, answers);
  }

  double[] threshold() {
    return threshold.clone();
  }

  double[] price() {
    return price.clone();
  }

  private static void add(double[] values, double second, double amount) {
    values[Math.min(values.length - 1, (int) second)] += amount;
  }

  private static double[] ratio(double[] above, double[] below) {
    double[] ratio = new double[above.length - 1];
    for (int i = 0; i < ratio.length; i++) {
      ratio[i] = below[i] == 0 ? 0 : above[i] / below[i];
    }
    return ratio;
  }
}
