package dev.brink.edge.sim;

/**
 * How much the forwarded share swings in the last half of an event, second by second around its
 * moving mean of 15 seconds, in units of what chance does to it were requests independent. A limit
 * cycle shows as several times chance.
 *
 * @param isJudged whether that half was long enough; where not, the rest says nothing
 */
record Swing(double timesChance, boolean isJudged) {

  private static final double OSCILLATION = 3;
  private static final int HALF_WINDOW = 7;

  static Swing of(double[] share, Scenario scenario) {
    double end = scenario.until() > 0 ? scenario.until() : scenario.seconds();
    int until = (int) Math.min(end, share.length);
    int from = (int) (scenario.from() + until) / 2;
    double square = 0;
    double chance = 0;
    for (int second = from; second < until; second++) {
      double mean = mean(share, Math.max(from, second - HALF_WINDOW), second + HALF_WINDOW, until);
      square += (share[second] - mean) * (share[second] - mean);
      chance += mean * (1 - mean) / scenario.rate(second);
    }
    boolean isJudged = until - from > 2 * HALF_WINDOW;
    return new Swing(isJudged && chance > 0 ? Math.sqrt(square / chance) : 0, isJudged);
  }

  boolean isOscillation() {
    return timesChance > OSCILLATION;
  }

  private static double mean(double[] share, int from, int to, int end) {
    double sum = 0;
    int last = Math.min(to, end - 1);
    for (int i = from; i <= last; i++) {
      sum += share[i];
    }
    return sum / (last - from + 1);
  }
}
