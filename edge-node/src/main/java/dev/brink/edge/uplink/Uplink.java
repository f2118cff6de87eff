package dev.brink.edge.uplink;

import dev.brink.cluster.ClusterRole;
import dev.brink.cluster.ClusterSettings;
import dev.brink.config.ClusterSection;
import dev.brink.config.UplinkSection;
import dev.brink.dispatch.Dispatched;
import dev.brink.dispatch.Dispatcher;
import dev.brink.dispatch.Timers;
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
import dev.brink.routing.LinkState;
import dev.brink.routing.NodeSnapshot.CloudView;
import dev.brink.routing.TargetPool;
import dev.brink.security.Tls;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** Asks a cloud node, and says which one answered and where the time went. */
public final class Uplink implements InferenceService {

  /** An attempt that was given less says little about the link when it comes to nothing. */
  private static final Duration TELLING = Duration.ofMillis(500);

  private final TargetPool pool;
  private final LinkWatch watch;
  private final Connection connection;
  private final Timers timers;
  private final Ticker ticker;
  private final Dispatcher dispatcher;

  private Uplink(
      TargetPool pool,
      LinkWatch watch,
      Connection connection,
      Timers timers,
      Function<String, Duration> timeouts,
      Ticker ticker) {
    this.pool = pool;
    this.watch = watch;
    this.connection = connection;
    this.timers = timers;
    this.ticker = ticker;
    this.dispatcher = new Dispatcher(pool, this::ask, timers, timeouts, ticker);
  }

  /**
   * The uplink of the configured mode; nothing is opened before {@link #start}.
   *
   * @param pool empty; the uplink keeps its targets
   */
  public static Uplink of(
      String nodeId,
      UplinkSection section,
      ClusterSection cluster,
      Tls tls,
      TargetPool pool,
      Vertx vertx,
      Ticker ticker) {
    LinkWatch watch = new LinkWatch(pool, ticker);
    Connection connection =
        switch (section.mode()) {
          case CLUSTER ->
              new ClusterConnection(
                  ClusterSettings.of(nodeId, ClusterRole.EDGE, cluster, tls), pool, watch, ticker);
          case GRPC -> new GrpcConnection(nodeId, section, tls, pool, watch, vertx, ticker);
          case NONE -> new NoConnection();
        };
    return new Uplink(pool, watch, connection, Timers.of(vertx), section::timeoutOf, ticker);
  }

  /** Begins to look for the cloud, and returns at once. */
  public void start() {
    connection.start();
  }

  public Future<Void> close() {
    return connection.close();
  }

  @Override
  public Future<InferenceResult> infer(InferenceRequest request) {
    return dispatcher.dispatch(request).map(Uplink::timed);
  }

  @Override
  public Optional<InferenceError> refusal(String model, String version) {
    return dispatcher.refusal(model);
  }

  /**
   * The same uplink for requests that somebody pays for.
   *
   * @param pays asked before a retry or a hedge is made
   */
  public InferenceService paidBy(Predicate<InferenceRequest> pays) {
    return request -> dispatcher.dispatch(request, () -> pays.test(request)).map(Uplink::timed);
  }

  /**
   * The same way to the cloud for those whom nobody waits for: an attempt may take as long as
   * given, while its target's probes come back.
   */
  public InferenceService patient(Duration timeout) {
    Dispatcher slow = Dispatcher.patient(pool, this::ask, timers, timeout, ticker);
    return request -> slow.dispatch(request).map(Uplink::timed);
  }

  /**
   * How many requests that nobody waits for may be sent now: half of what the cloud has granted and
   * live requests have left.
   */
  public int room() {
    return (pool.room() + 1) / 2;
  }

  public LinkState state() {
    return watch.state();
  }

  /**
   * Why the cloud cannot answer although it is there, such as {@code unroutable}; empty where
   * nothing is known to be wrong.
   */
  public String obstacle() {
    return connection.obstacle();
  }

  /** The cloud as the router sees it for {@code model}. */
  public CloudView view(String model) {
    return pool.view(watch.state(), model);
  }

  private Future<InferenceResponse> ask(String target, InferenceRequest request, Duration timeout) {
    return connection
        .infer(target, request, timeout)
        .onComplete((response, failure) -> judge(failure, request, timeout));
  }

  private void judge(Throwable failure, InferenceRequest request, Duration timeout) {
    if (failure == null || failure instanceof InferenceException) {
      watch.answered();
    } else if (!request.context().cancellation().isCancelled() && timeout.compareTo(TELLING) >= 0) {
      watch.unanswered();
    }
  }

  private static InferenceResult timed(Dispatched dispatched) {
    InferenceResponse response = dispatched.response();
    Provenance told = response.provenance();
    Timings cloud = told.timings();
    long uplink = Math.max(0, dispatched.nanos() - cloud.cloud());
    String node = told.node().isEmpty() ? dispatched.target() : told.node();
    return response.withProvenance(
        Provenance.local(Route.CLOUD, node, new Timings(cloud.queue(), 0, uplink, cloud.cloud())));
  }
}
