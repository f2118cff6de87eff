package dev.brink.edge.uplink;

import dev.brink.cluster.Peers;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.Provenance;
import dev.brink.inference.Route;
import dev.brink.inference.Timings;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks a cloud node and says which one answered and where the time went. */
public final class Uplink implements InferenceService {

  private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  private final CloudTargets targets;
  private final Duration timeout;
  private final Ticker ticker;
  private final Map<String, AtomicInteger> inFlight = new ConcurrentHashMap<>();

  Uplink(CloudTargets targets, Duration timeout, Ticker ticker) {
    this.targets = targets;
    this.timeout = timeout;
    this.ticker = ticker;
  }

  /**
   * @param timeout of one attempt, within the request's deadline
   */
  public static Uplink overCluster(Peers peers, Duration timeout, Ticker ticker) {
    return new Uplink(new ClusterTargets(peers), timeout, ticker);
  }

  @Override
  public Future<InferenceResult> infer(InferenceRequest request) {
    long now = ticker.nanos();
    long left = request.context().deadline().remainingNanos(now);
    if (left <= 0) {
      return InferenceException.failed(
          new InferenceError.DeadlineExceeded("deadline exceeded before the cloud was asked"));
    }
    List<CloudTarget> available = targets.available();
    if (available.isEmpty()) {
      return InferenceException.failed(
          new InferenceError.Unavailable("no cloud node can be reached", RETRY_AFTER));
    }
    return choose(available, request)
        .map(target -> ask(target, request, now, left))
        .orElseGet(() -> unknown(request));
  }

  private Optional<CloudTarget> choose(List<CloudTarget> available, InferenceRequest request) {
    return available.stream()
        .filter(target -> target.holds(request.modelName(), request.modelVersion()))
        .min(Comparator.comparingInt(target -> inFlight(target.id()).get()));
  }

  private Future<InferenceResult> ask(
      CloudTarget target, InferenceRequest request, long started, long left) {
    AtomicInteger count = inFlight(target.id());
    count.incrementAndGet();
    Duration limit = Duration.ofNanos(Math.min(left, timeout.toNanos()));
    return target
        .infer(request, limit)
        .onComplete((response, failure) -> count.decrementAndGet())
        .recover(failure -> InferenceException.failed(judged(failure, request)))
        .map(response -> timed(target, response, ticker.nanos() - started));
  }

  /** Too late for the caller is another matter than too late for this attempt. */
  private InferenceError judged(Throwable failure, InferenceRequest request) {
    InferenceError error = InferenceException.errorOf(failure);
    return request.context().deadline().isExpired(ticker.nanos())
        ? new InferenceError.DeadlineExceeded(error.message())
        : error;
  }

  private static InferenceResponse timed(
      CloudTarget target, InferenceResponse response, long totalNanos) {
    Provenance told = response.provenance();
    Timings cloud = told.timings();
    Timings timings =
        new Timings(cloud.queue(), 0, Math.max(0, totalNanos - cloud.cloud()), cloud.cloud());
    return response.withProvenance(
        Provenance.local(Route.CLOUD, told.node().isEmpty() ? target.id() : told.node(), timings));
  }

  private static Future<InferenceResult> unknown(InferenceRequest request) {
    return InferenceException.failed(
        new InferenceError.UnknownModel(
            "Request for unknown model: '%s' is not found".formatted(request.modelName())));
  }

  private AtomicInteger inFlight(String target) {
    return inFlight.computeIfAbsent(target, id -> new AtomicInteger());
  }
}
