package dev.brink.edge.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.cloud.worker.Admission;
import dev.brink.cloud.worker.BusWorker;
import dev.brink.cloud.worker.WorkerLimits;
import dev.brink.cluster.ClusterLink;
import dev.brink.cluster.ClusterRole;
import dev.brink.cluster.ClusterSettings;
import dev.brink.cluster.Conditions;
import dev.brink.cluster.HeldModel;
import dev.brink.cluster.LoopbackCluster;
import dev.brink.cluster.NodeStatus;
import dev.brink.config.ClusterSection;
import dev.brink.config.UplinkMode;
import dev.brink.config.UplinkSection;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.LoadReport;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Route;
import dev.brink.inference.Timings;
import dev.brink.resilience.Ticker;
import dev.brink.routing.LinkState;
import dev.brink.routing.TargetPool;
import dev.brink.routing.TargetPoolSettings;
import dev.brink.security.Tls;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Nodes that leave the cluster while requests are under way, as for new certificates. */
class LeavingTest {

  private static final Ticker TICKER = Ticker.system();

  private final Vertx vertx = Vertx.vertx();
  private final LoopbackCluster cluster = new LoopbackCluster();
  private final Map<String, Promise<InferenceResult>> asked = new ConcurrentHashMap<>();
  private ClusterLink cloud;
  private Uplink uplink;

  @BeforeEach
  void startOneCloudAndOneEdge() {
    Admission admission = new Admission("cloud-1", new WorkerLimits(16, 1 << 20), TICKER);
    cloud =
        cluster.cloud(
            "cloud-1",
            new BusWorker(
                "cloud-1",
                admission.before(this::ask),
                LeavingTest::status,
                () -> status().load(),
                admission,
                TICKER));
    ClusterSettings edge = cluster.settings("edge-1", ClusterRole.EDGE);
    uplink =
        Uplink.of(
            "edge-1",
            new UplinkSection(UplinkMode.CLUSTER, Duration.ofSeconds(60), List.of()),
            new ClusterSection(true, edge.name(), edge.host(), 0, 0, false, edge.members()),
            Tls.none(),
            new TargetPool(TargetPoolSettings.standard(), TICKER, new Random(1)),
            vertx,
            TICKER);
    uplink.start();
    Conditions.awaitUntil(vertx, () -> uplink.state() == LinkState.ONLINE);
  }

  @AfterEach
  void stop() {
    Conditions.await(uplink.close());
    cluster.close();
    Conditions.await(vertx.close());
  }

  @Test
  void aCloudNodeThatLeavesFinishesWhatItCanAndGivesTheRestBack() {
    Future<InferenceResult> finished = uplink.infer(request("finished"));
    Future<InferenceResult> unfinished = uplink.infer(request("unfinished"));
    Conditions.awaitUntil(vertx, () -> asked.size() == 2);

    Future<Void> closed = cloud.close();
    vertx.setTimer(300, soon -> asked.get("finished").complete(answer()));

    assertThat(Conditions.await(finished)).isInstanceOf(InferenceResponse.class);
    assertThat(InferenceException.errorOf(Conditions.awaitFailure(unfinished)))
        .isInstanceOfSatisfying(
            InferenceError.Unavailable.class,
            away -> assertThat(away.message()).contains("'cloud-1' is leaving the cluster"));
    Conditions.await(closed);
  }

  @Test
  void anEdgeThatLeavesDoesNotLetItsCallersWait() {
    Future<InferenceResult> unfinished = uplink.infer(request("unfinished"));
    Conditions.awaitUntil(vertx, () -> asked.size() == 1);

    Conditions.await(uplink.close());

    assertThat(InferenceException.errorOf(Conditions.awaitFailure(unfinished)))
        .isInstanceOf(InferenceError.Unavailable.class);
  }

  private Future<InferenceResult> ask(InferenceRequest request) {
    return asked.computeIfAbsent(request.id(), id -> Promise.promise()).future();
  }

  private static NodeStatus status() {
    return new NodeStatus(
        true, Set.of(new HeldModel("m", "1")), new LoadReport(0, 0, 0, 1000, 0, 0));
  }

  private static InferenceResponse answer() {
    return new InferenceResponse(
        "m",
        "1",
        "",
        Parameters.none(),
        List.of(),
        Provenance.local(Route.EDGE, "cloud-1", Timings.NONE));
  }

  private static InferenceRequest request(String id) {
    Deadline deadline = Deadline.after(Duration.ofSeconds(60), TICKER.nanos());
    return new InferenceRequest(
        "m", "", id, Parameters.none(), List.of(), List.of(), RequestContext.until(deadline));
  }
}
