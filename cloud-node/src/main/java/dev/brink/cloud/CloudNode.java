package dev.brink.cloud;

import dev.brink.cloud.fleet.Fleet;
import dev.brink.cloud.once.ClusterKeyStore;
import dev.brink.cloud.once.Once;
import dev.brink.cloud.once.OnceSettings;
import dev.brink.cloud.worker.Admission;
import dev.brink.cloud.worker.BusWorker;
import dev.brink.cloud.worker.GrpcGrants;
import dev.brink.cloud.worker.RecentLoad;
import dev.brink.cloud.worker.WorkerLimits;
import dev.brink.cluster.ClusterLink;
import dev.brink.cluster.ClusterRole;
import dev.brink.cluster.ClusterSettings;
import dev.brink.cluster.HeldModel;
import dev.brink.cluster.NodeStatus;
import dev.brink.dispatch.Timers;
import dev.brink.inference.InferenceService;
import dev.brink.inference.Route;
import dev.brink.model.ModelState;
import dev.brink.node.Doors;
import dev.brink.node.Foundation;
import dev.brink.node.FrontDoor;
import dev.brink.node.RunningNode;
import dev.brink.resilience.Ticker;
import dev.brink.routing.TargetPool;
import dev.brink.routing.TargetPoolSettings;
import dev.brink.telemetry.MeteredInference;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;

/**
 * A cloud node: full models, answered to edges over the event bus and to anybody over the protocol.
 */
public final class CloudNode implements RunningNode {

  private static final Ticker TICKER = Ticker.system();
  private static final WorkerLimits LIMITS = WorkerLimits.ofHeap(Runtime.getRuntime().maxMemory());
  private static final Duration FINISH_WITHIN = Duration.ofSeconds(30);

  private final Foundation foundation;
  private final FrontDoor frontDoor;
  private final BusWorker worker;
  private final ClusterLink cluster;

  private CloudNode(
      Foundation foundation, FrontDoor frontDoor, BusWorker worker, ClusterLink cluster) {
    this.foundation = foundation;
    this.frontDoor = frontDoor;
    this.worker = worker;
    this.cluster = cluster;
  }

  public static Future<CloudNode> start(CloudConfig config) {
    Foundation foundation =
        Foundation.lay(
            config.node().id(),
            Route.CLOUD,
            config.models(),
            config.tls(),
            config.management(),
            config.log(),
            config);
    ClusterKeyStore keys = new ClusterKeyStore(TICKER);
    Admission admission = new Admission(config.node().id(), LIMITS, TICKER);
    RecentLoad load = new RecentLoad(foundation.models()::load, TICKER);
    InferenceService local = admission.before(once(foundation, keys));
    Fleet fleet = fleet(foundation, local);
    BusWorker worker =
        new BusWorker(
            config.node().id(),
            new MeteredInference(local, foundation.metrics(), TICKER::nanos),
            () -> status(foundation),
            load,
            admission,
            TICKER);
    ClusterLink cluster =
        new ClusterLink(
            ClusterSettings.of(
                config.node().id(), ClusterRole.CLOUD, config.cluster(), foundation.tls()),
            List.of(worker, keys, fleet.clusterListener()));
    return foundation
        .start(config.http())
        .compose(
            loaded ->
                FrontDoor.open(
                    foundation,
                    new Doors(
                        config.http(),
                        config.grpc(),
                        config.management(),
                        config.tenants(),
                        config.models().control()),
                    fleet,
                    Optional.empty(),
                    router -> {},
                    new GrpcGrants(admission, load)))
        .map(frontDoor -> new CloudNode(foundation, frontDoor, worker, cluster))
        .onSuccess(node -> node.cluster.start());
  }

  private static InferenceService once(Foundation foundation, ClusterKeyStore keys) {
    Once once =
        new Once(
            foundation.vertx(),
            foundation.models().inference(),
            keys,
            OnceSettings.standard(),
            TICKER);
    MeterRegistry registry = foundation.telemetry().registry();
    FunctionCounter.builder("brink_once_executions", once, Once::executed)
        .description("Requests with an idempotency key that were run to an answer")
        .register(registry);
    FunctionCounter.builder("brink_once_repetitions", once, Once::repeated)
        .description("Requests with an idempotency key that got an earlier run's answer")
        .register(registry);
    FunctionCounter.builder("brink_once_lost_parts", keys, ClusterKeyStore::lostParts)
        .description("Of the 271 parts of the keys' map, those that died with all their copies")
        .register(registry);
    return once;
  }

  private static Fleet fleet(Foundation foundation, InferenceService local) {
    TargetPool peers =
        new TargetPool(
            TargetPoolSettings.standard(), TICKER, () -> ThreadLocalRandom.current().nextLong());
    return new Fleet(
        foundation.nodeId(),
        local,
        foundation.models()::load,
        foundation.models()::keepsSequences,
        peers,
        Timers.of(foundation.vertx()),
        TICKER);
  }

  private static NodeStatus status(Foundation foundation) {
    Set<HeldModel> held =
        foundation.models().index().stream()
            .filter(version -> version.state() == ModelState.READY)
            .map(version -> new HeldModel(version.name(), version.version()))
            .collect(Collectors.toUnmodifiableSet());
    return new NodeStatus(foundation.accepting(), held, foundation.models().load());
  }

  @Override
  public int httpPort() {
    return frontDoor.httpPort();
  }

  @Override
  public OptionalInt grpcPort() {
    return frontDoor.grpcPort();
  }

  @Override
  public int managementPort() {
    return frontDoor.managementPort();
  }

  @Override
  public Future<Void> stop() {
    return frontDoor
        .drain()
        .eventually(() -> worker.drain(foundation.vertx(), FINISH_WITHIN))
        .eventually(cluster::close)
        .eventually(frontDoor::close)
        .eventually(foundation::close);
  }
}
