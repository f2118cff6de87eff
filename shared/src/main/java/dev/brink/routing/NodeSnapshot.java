package dev.brink.routing;

import dev.brink.model.CascadeSettings;
import java.util.Optional;

/**
 * All that a decision about one request depends on beside the request.
 *
 * @param nowNanos on the clock of the request's deadline
 */
public record NodeSnapshot(long nowNanos, EdgeView edge, CloudView cloud, Thresholds thresholds) {

  /**
   * This node and the model asked for.
   *
   * @param holdsModel whether a version that can answer is ready here
   * @param cascade empty where the model has none: this node's answer is then final
   * @param waitNanos until a request that comes now begins to run; 0 where not known
   * @param serviceNanos of one run; 0 where not known
   */
  public record EdgeView(
      boolean holdsModel, Optional<CascadeSettings> cascade, long waitNanos, long serviceNanos) {

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
   * @param utilisation busy share of the least busy, 0 to 1
   * @param budgetLeft share of the escalation budget's burst that is left, 1 without a budget
   */
  public record CloudView(
      LinkState link,
      boolean mayHoldModel,
      boolean available,
      long latencyNanos,
      double utilisation,
      double budgetLeft) {

    /** No cloud is configured, or none can be reached. */
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

    boolean answersWithin(long nanos) {
      return isUsable() && latencyNanos <= nanos;
    }
  }
}
