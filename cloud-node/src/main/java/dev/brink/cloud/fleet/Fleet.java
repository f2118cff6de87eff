package dev.brink.cloud.fleet;

import dev.brink.cluster.ClusterListener;
import dev.brink.cluster.Peers;
import dev.brink.dispatch.Dispatched;
import dev.brink.dispatch.Dispatcher;
import dev.brink.dispatch.PeerTargets;
import dev.brink.dispatch.TargetClient;
import dev.brink.dispatch.Timers;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.LoadReport;
import dev.brink.resilience.Ticker;
import dev.brink.routing.LinkState;
import dev.brink.routing.NodeSnapshot.CloudView;
import dev.brink.routing.TargetPool;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Answers here, or on another cloud node over the event bus where that is clearly sooner or this
 * node cannot. What comes over the bus is not sent on: a request moves once.
 */
public final class Fleet implements InferenceService {

  /** Fewer waiting requests are a batch forming, not a queue. */
  private static final int QUEUE = 4;

  private static final double CLEARLY = 1.5;
  private static final Duration ATTEMPT = Duration.ofMinutes(5);

  private final InferenceService local;
  private final Supplier<LoadReport> load;
  private final Predicate<InferenceRequest> keepsSequences;
  private final TargetPool pool;
  private final Peers peers;
  private final Dispatcher dispatcher;
  private final Dispatcher patient;

  /**
   * @param keepsSequences whether what would answer a request here goes on where the last run of
   *     the same sequence ended
   * @param pool empty; the fleet keeps the peers in it
   */
  public Fleet(
      String nodeId,
      InferenceService local,
      Supplier<LoadReport> load,
      Predicate<InferenceRequest> keepsSequences,
      TargetPool pool,
      Timers timers,
      Ticker ticker) {
    this.local = local;
    this.load = load;
    this.keepsSequences = keepsSequences;
    this.pool = pool;
    this.peers = new Peers(nodeId, ticker, new PeerTargets(pool));
    TargetClient client = (node, request, left) -> peers.client().infer(node, request, left);
    this.dispatcher = new Dispatcher(pool, client, timers, model -> ATTEMPT, ticker);
    this.patient = Dispatcher.patient(pool, client, timers, ATTEMPT, ticker);
  }

  /** To be told of joining and leaving. */
  public ClusterListener clusterListener() {
    return peers;
  }

  @Override
  public Future<InferenceResult> infer(InferenceRequest request) {
    CloudView others = pool.view(LinkState.ONLINE, request.modelName());
    if (!others.isUsable() || isStep(request)) {
      return local.infer(request);
    }
    return isClearlySooner(others, load.get())
        ? elsewhere(request).recover(failure -> hereInstead(request, failure))
        : local.infer(request).recover(failure -> elsewhereInstead(request, failure));
  }

  @Override
  public Optional<InferenceError> refusal(String model, String version) {
    return pool.view(LinkState.ONLINE, model).isUsable()
        ? Optional.empty()
        : local.refusal(model, version);
  }

  /** What it goes on from is here, and nowhere else. */
  private boolean isStep(InferenceRequest request) {
    return request.sequence().isPresent() && keepsSequences.test(request);
  }

  static boolean isClearlySooner(CloudView others, LoadReport here) {
    double wait = (double) here.serviceNanos() * (1 + here.queued());
    return here.queued() >= QUEUE && others.latencyNanos() * CLEARLY < wait;
  }

  private Future<InferenceResult> elsewhere(InferenceRequest request) {
    return (request.context().isBackground() ? patient : dispatcher)
        .dispatch(request)
        .map(Dispatched::response);
  }

  private Future<InferenceResult> hereInstead(InferenceRequest request, Throwable failure) {
    return isTheNodes(failure) ? local.infer(request) : Future.failedFuture(failure);
  }

  private Future<InferenceResult> elsewhereInstead(InferenceRequest request, Throwable failure) {
    return isTheNodes(failure)
        ? elsewhere(request).recover(again -> Future.failedFuture(failure))
        : Future.failedFuture(failure);
  }

  /** Whether another node may well do what this one did not. */
  private static boolean isTheNodes(Throwable failure) {
    return switch (InferenceException.errorOf(failure)) {
      case InferenceError.Overloaded ignored -> true;
      case InferenceError.Unavailable ignored -> true;
      case InferenceError.UnknownModel ignored -> true;
      case InferenceError.Internal ignored -> true;
      case InferenceError.InvalidRequest ignored -> false;
      case InferenceError.Unauthenticated ignored -> false;
      case InferenceError.Forbidden ignored -> false;
      case InferenceError.NotFound ignored -> false;
      case InferenceError.Conflict ignored -> false;
      case InferenceError.TooLarge ignored -> false;
      case InferenceError.Unsupported ignored -> false;
      case InferenceError.DeadlineExceeded ignored -> false;
      case InferenceError.Cancelled ignored -> false;
      case InferenceError.StorageFull ignored -> false;
    };
  }
}
