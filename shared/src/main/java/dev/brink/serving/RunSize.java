package dev.brink.serving;

/** What is known of runs of one number of rows; guarded by its profile. Times in nanoseconds. */
final class RunSize {

  /** Share of a new run in the running mean. */
  private static final double WEIGHT = 0.1;

  /** The fastest is the fastest of this many runs to twice as many. */
  private static final int REMEMBERED = 256;

  /** A single run in a crowd says little about a size. */
  private static final int ENOUGH = 3;

  private double mean;
  private double fastestBefore = Double.MAX_VALUE;
  private double fastestNow = Double.MAX_VALUE;
  private int runs;
  private int runsWhenOthersChanged;

  /**
   * A live run, or what one of fewer rows says of this size.
   *
   * @return by how much the size has got slower since the last time there was something to say; 1
   *     where there is nothing to say now
   */
  double ran(long nanos) {
    fastestNow = Math.min(fastestNow, nanos);
    runs++;
    if (runs % REMEMBERED != 0) {
      return 1;
    }
    double change = fastestBefore == Double.MAX_VALUE ? 1 : fastestNow / fastestBefore;
    fastestBefore = fastestNow;
    fastestNow = Double.MAX_VALUE;
    return change;
  }

  /** Another size has changed: this one, too, where it has not been run meanwhile. */
  void changeWithOthers(double change) {
    if (runs == runsWhenOthersChanged && fastest() > 0) {
      fastestBefore = Math.min(fastestBefore, fastestNow) * change;
      fastestNow = Double.MAX_VALUE;
      mean *= change;
    }
    runsWhenOthersChanged = runs;
  }

  /** A run at load, when there is nothing else to do: the fastest is the typical one. */
  void measured(long nanos) {
    fastestBefore = Math.min(fastestBefore, nanos);
    mean = fastestBefore;
    runs = Math.max(runs, ENOUGH);
    runsWhenOthersChanged = runs;
  }

  /** Moves the mean towards {@code nanos}. */
  void move(double nanos) {
    mean = mean == 0 ? nanos : mean + WEIGHT * (nanos - mean);
  }

  boolean isKnown() {
    return runs >= ENOUGH;
  }

  /** 0 while nothing is known. */
  double mean() {
    return mean;
  }

  /** 0 while nothing is known. */
  long fastest() {
    double fastest = Math.min(fastestBefore, fastestNow);
    return fastest == Double.MAX_VALUE ? 0 : (long) fastest;
  }
}
