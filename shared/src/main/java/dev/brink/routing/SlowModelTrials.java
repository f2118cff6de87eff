package dev.brink.routing;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Reason;
import dev.brink.resilience.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Lets a request through now and then to a model that is free and said to be too slow for it: what
 * was measured at a bad moment is only corrected by a run, and without one nobody would get an
 * answer any more. Soon again after a trial that brought the estimate down, ever more rarely after
 * those that did not. Thread-safe.
 */
public final class SlowModelTrials {

  private static final long FIRST_NANOS = Duration.ofSeconds(1).toNanos();
  private static final long LONGEST_NANOS = Duration.ofMinutes(1).toNanos();
  private static final long SOON_NANOS = Duration.ofMillis(100).toNanos();

  /** A run moves the estimate by a tenth of what it is off: less than this is noise. */
  private static final double BROUGHT_DOWN = 0.97;

  private final Router router;
  private final Ticker ticker;
  private final Map<Model, Trial> last = new ConcurrentHashMap<>();

  /**
   * @param version as asked for, empty for the latest
   */
  record Model(String name, String version) {

    static Model of(InferenceRequest request) {
      return new Model(request.modelName(), request.modelVersion());
    }
  }

  /**
   * @param latencyNanos as estimated then
   */
  private record Trial(long nanos, long pauseNanos, long latencyNanos) {

    Trial next(long nowNanos, long estimateNanos) {
      long pause =
          isBroughtDown(estimateNanos) ? FIRST_NANOS : Math.min(LONGEST_NANOS, 2 * pauseNanos);
      return new Trial(nowNanos, pause, estimateNanos);
    }

    boolean isDue(long nowNanos, long estimateNanos) {
      return nowNanos - nanos >= (isBroughtDown(estimateNanos) ? SOON_NANOS : pauseNanos);
    }

    private boolean isBroughtDown(long estimateNanos) {
      return estimateNanos < BROUGHT_DOWN * latencyNanos;
    }
  }

  public SlowModelTrials(Router router, Ticker ticker) {
    this.router = router;
    this.ticker = ticker;
  }

  /** As the router decides; for a request that is to be the trial, as if nothing were measured. */
  public RoutingDecision route(InferenceRequest request, NodeSnapshot snapshot) {
    RoutingDecision plain = router.route(request, snapshot);
    NodeSnapshot.EdgeView edge = snapshot.edge();
    return edge.isFree()
            && isForWantOfTime(plain)
            && permits(Model.of(request), edge.latencyNanos())
        ? router.route(request, snapshot.withEdge(edge.unmeasured()))
        : plain;
  }

  private static boolean isForWantOfTime(RoutingDecision decision) {
    return switch (decision) {
      case RoutingDecision.Reject reject -> reject.error() instanceof InferenceError.Overloaded;
      case RoutingDecision.Cloud cloud -> cloud.reason() == Reason.OVERLOAD;
      default -> false;
    };
  }

  /** Whether a request may be the trial; it then counts as one. */
  boolean permits(Model model, long latencyNanos) {
    long now = ticker.nanos();
    Trial before = last.get(model);
    if (before == null) {
      return last.putIfAbsent(model, new Trial(now, FIRST_NANOS, latencyNanos)) == null;
    }
    return before.isDue(now, latencyNanos)
        && last.replace(model, before, before.next(now, latencyNanos));
  }
}
