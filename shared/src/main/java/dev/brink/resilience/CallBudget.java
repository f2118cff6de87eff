package dev.brink.resilience;

/**
 * Bounds extra calls, such as retries and hedges, to a share of the ordinary ones, so that they
 * cannot multiply an outage. Thread-safe.
 */
public final class CallBudget {

  private final double share;
  private final double burst;
  private double credit;

  /**
   * @param share of the calls that may be made again, such as 0.1
   * @param burst how many extra calls may be saved up; this many are there at first
   */
  public CallBudget(double share, double burst) {
    this.share = Positive.number("share", share);
    this.burst = Positive.number("burst", burst);
    this.credit = burst;
  }

  /** An ordinary call was made. */
  public synchronized void called() {
    credit = Math.min(burst, credit + share);
  }

  /** Whether an extra call may be made; it then counts. */
  public synchronized boolean tryTake() {
    if (credit < 1) {
      return false;
    }
    credit -= 1;
    return true;
  }
}
