package dev.brink.routing;

import dev.brink.model.CascadeSettings;
import java.util.Optional;

/**
 * All that a decision about one request depends on beside the request.
 *
 * @param nowNanos on the clock of the request's deadline
 */
public record NodeSnapshot(long nowNanos, EdgeView edge, CloudView cloud, Thresholds thresholds) {

  public NodeSnapshot withEdge(EdgeView other) {
    return new NodeSnapshot(nowNanos, other, cloud, thresholds);
  }

  /**
   * This node and the model asked for.
   *
   * @param holdsModel whether a version that can answer is ready here
   * @param cascade empty where the model has none: this node's answer is then final
   * @param waitNanos until a request that comes now begins to run; 0 where not known
   * @param serviceNanos of one run; 0 where not known
   * @param isFree whether nobody is before a request that comes now
   * @param keepsSequences whether the model goes on where the last run of the same sequence ended
   */
  public record EdgeView(
      boolean holdsModel,
      Optional<CascadeSettings> cascade,
      long waitNanos,
      long serviceNanos,
      boolean isFree,
      boolean keepsSequences) {

    /** Of a model without a state, free where nothing is waited for. */
    public EdgeView(
        boolean holdsModel, Optional<CascadeSettings> cascade, long waitNanos, long serviceNanos) {
      this(holdsModel, cascade, waitNanos, serviceNanos, waitNanos == 0, false);
    }

    /** The same, of a model with a state. */
    public EdgeView keepingSequences() {
      return new EdgeView(holdsModel, cascade, waitNanos, serviceNanos, isFree, true);
    }

    /** The same, as if nothing were known of how long anything takes. */
    public EdgeView unmeasured() {
      return new EdgeView(holdsModel, cascade, 0, 0, isFree, keepsSequences);
    }

    public static EdgeView without() {
      return new EdgeView(false, Optional.empty(), 0, 0);
    }

    public long latencyNanos() {
      return waitNanos + serviceNanos;
    }
  }

  /**
   * The cloud as seen from here, for the model asked for.
   *
   * @param mayHoldModel whether some target holds the model, or is not known not to
   * @param available whether some healthy target would be asked now
   * @param latencyNanos end to end from the best of them; 0 where nothing was measured yet
   * @param highNanos what 95 % of its answers stay below; 0 where nothing was measured yet
   * @param utilisation load of those that would be asked, 1 being the knee above which work piles
   *     up
   * @param budgetLeft share of the escalation budget's burst that is left, 1 without a budget
   */
  public record CloudView(
      LinkState link,
      boolean mayHoldModel,
      boolean available,
      long latencyNanos,
      long highNanos,
      double utilisation,
      double budgetLeft) {

    /** A cloud whose answers all take about the same time. */
    public CloudView(
        LinkState link,
        boolean mayHoldModel,
        boolean available,
        long latencyNanos,
        double utilisation,
        double budgetLeft) {
      this(link, mayHoldModel, available, latencyNanos, latencyNanos, utilisation, budgetLeft);
    }

    public CloudView withBudgetLeft(double left) {
      return new CloudView(
          link, mayHoldModel, available, latencyNanos, highNanos, utilisation, left);
    }

    /** No cloud is configured: a model that is not here is nowhere. */
    public static CloudView none() {
      return new CloudView(LinkState.OFFLINE, false, false, 0, 0, 1);
    }

    /** None can be reached. */
    public static CloudView offline() {
      return new CloudView(LinkState.OFFLINE, true, false, 0, 0, 1);
    }

    /** A cloud that answers after {@code latencyNanos} and has room. */
    public static CloudView online(long latencyNanos) {
      return new CloudView(LinkState.ONLINE, true, true, latencyNanos, 0, 1);
    }

    public boolean isUsable() {
      return link.isUsable() && mayHoldModel && available;
    }

    /**
     * How probable an answer within {@code nanos} is, taking latencies for log-normal; 1 where
     * nothing is known.
     */
    double inTime(long nanos) {
      if (latencyNanos <= 0 || highNanos <= 0) {
        return nanos > 0 ? 1 : 0;
      } else if (nanos <= 0) {
        return 0;
      }
      double spread = Math.max(0.05, Math.log((double) highNanos / latencyNanos) / 1.645);
      double deviations = Math.log((double) nanos / latencyNanos) / spread;
      return 1 / (1 + Math.exp(-1.702 * deviations));
    }

    boolean answersWithin(long nanos) {
      return isUsable() && latencyNanos <= nanos;
    }
  }
}
