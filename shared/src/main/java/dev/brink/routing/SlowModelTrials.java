package dev.brink.routing;

import dev.brink.inference.InferenceRequest;
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

  private final Ticker ticker;
  private final Map<String, Trial> last = new ConcurrentHashMap<>();

  /**
   * @param serviceNanos as estimated then
   */
  private record Trial(long nanos, long pauseNanos, long serviceNanos) {

    Trial next(long nowNanos, long estimateNanos) {
      long pause =
          estimateNanos < serviceNanos ? FIRST_NANOS : Math.min(LONGEST_NANOS, 2 * pauseNanos);
      return new Trial(nowNanos, pause, estimateNanos);
    }

    boolean isDue(long nowNanos, long estimateNanos) {
      return nowNanos - nanos >= (estimateNanos < serviceNanos ? SOON_NANOS : pauseNanos);
    }
  }

  public SlowModelTrials(Ticker ticker) {
    this.ticker = ticker;
  }

  /**
   * {@code snapshot}, or the same without the estimate where {@code request} is to be the trial.
   */
  public NodeSnapshot doubt(InferenceRequest request, NodeSnapshot snapshot) {
    NodeSnapshot.EdgeView edge = snapshot.edge();
    long left = request.context().deadline().remainingNanos(snapshot.nowNanos());
    boolean isTooSlow = edge.holdsModel() && edge.waitNanos() == 0 && edge.serviceNanos() > left;
    return isTooSlow && left > 0 && permits(request.modelName(), edge.serviceNanos())
        ? snapshot.withEdge(edge.unmeasured())
        : snapshot;
  }

  /** Whether a request may be the trial; it then counts as one. */
  boolean permits(String model, long serviceNanos) {
    long now = ticker.nanos();
    Trial before = last.get(model);
    if (before == null) {
      return last.putIfAbsent(model, new Trial(now, FIRST_NANOS, serviceNanos)) == null;
    }
    return before.isDue(now, serviceNanos)
        && last.replace(model, before, before.next(now, serviceNanos));
  }
}
