package dev.brink.edge.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.cloud.worker.Admission;
import dev.brink.cloud.worker.BusWorker;
import dev.brink.cloud.worker.WorkerLimits;
import dev.brink.cluster.ClusterRole;
import dev.brink.cluster.ClusterSettings;
import dev.brink.cluster.Conditions;
import dev.brink.cluster.HeldModel;
import dev.brink.cluster.LoopbackCluster;
import dev.brink.cluster.NodeStatus;
import dev.brink.config.ClusterSection;
import dev.brink.config.UplinkMode;
import dev.brink.config.UplinkSection;
import dev.brink.inference.Cancellation;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.LoadReport;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
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
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ClusterUplinkTest {

  private static final Ticker TICKER = Ticker.system();

  private static Vertx vertx;
  private static LoopbackCluster cluster;
  private static Uplink uplink;

  /** What the cloud node does with the next request. */
  private static final AtomicReference<Function<InferenceRequest, Future<InferenceResult>>> CLOUD =
      new AtomicReference<>();

  @BeforeAll
  static void startOneCloudAndOneEdge() {
    vertx = Vertx.vertx();
    cluster = new LoopbackCluster();
    InferenceService cloud = request -> CLOUD.get().apply(request);
    Admission admission = new Admission("cloud-1", new WorkerLimits(16, 1 << 20), TICKER);
    cluster.cloud(
        "cloud-1",
        new BusWorker(
            "cloud-1",
            admission.before(cloud),
            ClusterUplinkTest::status,
            () -> status().load(),
            admission,
            TICKER));
    ClusterSettings edge = cluster.settings("edge-1", ClusterRole.EDGE);
    uplink =
        Uplink.of(
            "edge-1",
            new UplinkSection(UplinkMode.CLUSTER, Duration.ofSeconds(5), List.of()),
            new ClusterSection(true, edge.name(), edge.host(), 0, 0, false, edge.members()),
            Tls.none(),
            new TargetPool(
                TargetPoolSettings.standard(),
                TICKER,
                () -> ThreadLocalRandom.current().nextLong()),
            vertx,
            TICKER);
    uplink.start();
    Conditions.awaitUntil(vertx, () -> uplink.state() == LinkState.ONLINE);
  }

  @AfterAll
  static void stop() {
    Conditions.await(uplink.close());
    cluster.close();
    Conditions.await(vertx.close());
  }

  @Test
  void aRequestIsAnsweredByTheCloudNodeOverTheBus() {
    // Given a cloud that turns its input around
    AtomicReference<InferenceRequest> seen = new AtomicReference<>();
    CLOUD.set(
        request -> {
          seen.set(request);
          return Future.succeededFuture(echo(request));
        });

    // When
    InferenceResponse response =
        (InferenceResponse) Conditions.await(uplink.infer(request("m", Duration.ofSeconds(5))));

    // Then
    assertThat(response.output("x").orElseThrow().toFloats()).containsExactly(1, 2, 3);
    assertThat(response.provenance().route()).isEqualTo(Route.CLOUD);
    assertThat(response.provenance().node()).isEqualTo("cloud-1");
    assertThat(response.provenance().timings().cloud()).isPositive();
    assertThat(response.provenance().timings().uplink()).isPositive();
    RequestContext context = seen.get().context();
    assertThat(context.priority()).isEqualTo(3);
    assertThat(context.tenant()).isEqualTo("acme");
    assertThat(context.idempotencyKey()).isEqualTo("key-1");
    assertThat(context.traceparent()).startsWith("00-");
    assertThat(context.deadline().remainingNanos(TICKER.nanos()))
        .isLessThan(Duration.ofSeconds(5).toNanos());
  }

  @Test
  void theCloudsErrorReachesTheCallerAsItWas() {
    InferenceError wrong = new InferenceError.InvalidRequest("input 'x' has the wrong shape");
    CLOUD.set(request -> InferenceException.failed(wrong));

    Throwable failure = Conditions.awaitFailure(uplink.infer(request("m", Duration.ofSeconds(5))));

    assertThat(InferenceException.errorOf(failure)).isEqualTo(wrong);
  }

  @Test
  void aModelThatNoCloudNodeHoldsIsUnknown() {
    Throwable failure =
        Conditions.awaitFailure(uplink.infer(request("nowhere", Duration.ofSeconds(5))));

    assertThat(InferenceException.errorOf(failure)).isInstanceOf(InferenceError.UnknownModel.class);
  }

  @Test
  void aCloudThatDoesNotAnswerInTimeIsADeadlineExceeded() {
    CLOUD.set(request -> Promise.<InferenceResult>promise().future());

    Throwable failure =
        Conditions.awaitFailure(uplink.infer(request("slow", Duration.ofMillis(50))));

    assertThat(InferenceException.errorOf(failure))
        .isInstanceOf(InferenceError.DeadlineExceeded.class);
  }

  private static NodeStatus status() {
    return new NodeStatus(
        true,
        Set.of(new HeldModel("m", "1"), new HeldModel("slow", "1")),
        new LoadReport(0, 0, 0, 1000, 0, 0));
  }

  private static InferenceResponse echo(InferenceRequest request) {
    return new InferenceResponse(
        request.modelName(),
        "1",
        request.id(),
        Parameters.none(),
        request.inputs(),
        Provenance.local(Route.EDGE, "cloud-1", Timings.NONE));
  }

  private static InferenceRequest request(String model, Duration timeout) {
    RequestContext context =
        new RequestContext(
            Deadline.after(timeout, TICKER.nanos()),
            3,
            "acme",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "key-1",
            new Cancellation());
    return new InferenceRequest(
        model,
        "",
        "id-1",
        Parameters.none(),
        List.of(Tensor.ofFloats("x", Shape.of(1, 3), 1, 2, 3)),
        List.of(),
        context);
  }
}
