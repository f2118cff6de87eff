package dev.brink.edge.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.cluster.Conditions;
import dev.brink.config.ClientCertificates;
import dev.brink.config.ClusterSection;
import dev.brink.config.TlsSection;
import dev.brink.config.UplinkCompression;
import dev.brink.config.UplinkMode;
import dev.brink.config.UplinkSection;
import dev.brink.config.UplinkTarget;
import dev.brink.inference.Cancellation;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.LoadReport;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.oip.wire.WireLoad;
import dev.brink.resilience.CircuitBreaker;
import dev.brink.resilience.Ticker;
import dev.brink.routing.Target;
import dev.brink.routing.TargetPool;
import dev.brink.routing.TargetPoolSettings;
import dev.brink.security.DevelopmentPki;
import dev.brink.security.Tls;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.grpc.common.GrpcStatus;
import io.vertx.grpc.server.GrpcServerRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GrpcUplinkTest {

  private static final Ticker TICKER = Ticker.system();

  private final Vertx vertx = Vertx.vertx();
  private final FakeOipServer primary = server();
  private final FakeOipServer backup = server();
  private final TargetPool pool =
      new TargetPool(
          TargetPoolSettings.standard(), TICKER, () -> ThreadLocalRandom.current().nextLong());
  private final List<Uplink> uplinks = new ArrayList<>();

  @AfterEach
  void stop() {
    uplinks.forEach(Uplink::close);
    Conditions.await(vertx.close());
  }

  @Test
  void aRequestIsAnsweredByAnyServerOfTheProtocol() {
    // Given a server that sends its input back, and a connected edge
    AtomicReference<MultiMap> seen = new AtomicReference<>();
    primary.infer = call -> echo(call, seen);
    Uplink uplink = connected(new UplinkTarget(primary.address(), 0, 1));

    // When
    InferenceResponse response =
        (InferenceResponse) Conditions.await(uplink.infer(request(Duration.ofSeconds(5))));

    // Then
    assertThat(response.output("x").orElseThrow().toFloats()).containsExactly(1, 2, 3);
    assertThat(response.provenance().route()).isEqualTo(Route.CLOUD);
    assertThat(response.provenance().node()).isEqualTo(primary.address());
    assertThat(response.provenance().timings().uplink()).isPositive();
    assertThat(seen.get().get("idempotency-key")).isEqualTo("key-1");
    assertThat(seen.get().get("brink-tenant")).isEqualTo("acme");
    assertThat(seen.get().get("traceparent")).startsWith("00-");
    assertThat(seen.get().get("brink-node")).isEqualTo("edge-1");
    assertThat(seen.get().get("grpc-timeout")).isNotNull();
  }

  @Test
  void newCertificatesCutNoCall() {
    // Given a call under way
    Promise<GrpcServerRequest<ModelInferRequest, ModelInferResponse>> called = Promise.promise();
    primary.infer = called::tryComplete;
    GrpcChannel channel = new GrpcChannel(vertx, UplinkTarget.parse(primary.address()), Tls.none());
    Future<GrpcReply<ModelInferResponse>> answer =
        channel.infer(
            ModelInferRequest.newBuilder().setModelName("m").build(),
            Optional.empty(),
            MultiMap.caseInsensitiveMultiMap(),
            new Cancellation(),
            Duration.ofSeconds(20));
    GrpcServerRequest<ModelInferRequest, ModelInferResponse> call =
        Conditions.await(called.future());

    // When the connection is dialled anew, and another call is answered over it
    channel.renewGently();
    Conditions.await(channel.ready(MultiMap.caseInsensitiveMultiMap(), Duration.ofSeconds(20)));
    vertx.runOnContext(
        now -> call.response().end(ModelInferResponse.newBuilder().setId("late").build()));

    // Then the first one is, too
    assertThat(Conditions.await(answer).message().getId()).isEqualTo("late");
    Conditions.await(channel.close());
  }

  @Test
  void whatShrinksIsPackedAndAnyServerUnderstandsIt() {
    AtomicReference<MultiMap> seen = new AtomicReference<>();
    primary.infer = call -> echo(call, seen);
    Uplink uplink =
        connected(
            new UplinkSection(
                UplinkMode.GRPC,
                Duration.ofSeconds(10),
                Map.of(),
                UplinkCompression.GZIP,
                List.of(UplinkTarget.parse(primary.address()))),
            Tls.none());
    Tensor zeros = Tensor.ofFloats("x", Shape.of(1, 4096), new float[4096]);

    InferenceResponse response =
        (InferenceResponse) Conditions.await(uplink.infer(request(Duration.ofSeconds(5), zeros)));

    assertThat(response.output("x").orElseThrow().toFloats()).containsExactly(new float[4096]);
    assertThat(seen.get().get("grpc-encoding")).isEqualTo("gzip");
    assertThat(nodeOf(uplink)).isEqualTo(primary.address());
    assertThat(seen.get().contains("grpc-encoding")).isFalse();
  }

  @Test
  void theModelsAndTheLoadThatAServerTellsAreKept() {
    primary.infer =
        call -> {
          call.response()
              .headers()
              .set(WireLoad.NAME, WireLoad.format(new LoadReport(1, 0, 0.5, 1000, 9, 1 << 20)));
          call.response().end(ModelInferResponse.getDefaultInstance());
        };
    Uplink uplink = connected(new UplinkTarget(primary.address(), 0, 1));

    Conditions.await(uplink.infer(request(Duration.ofSeconds(5))));

    assertThat(uplink.view("m").utilisation()).isEqualTo(0.5);
    Conditions.awaitUntil(vertx, () -> !uplink.view("other").mayHoldModel());
  }

  @Test
  void aServersErrorsAreUnderstood() {
    Uplink uplink = connected(new UplinkTarget(primary.address(), 0, 1));
    primary.infer =
        call ->
            call.response()
                .status(GrpcStatus.INVALID_ARGUMENT)
                .statusMessage("input 'x': 100% wrong")
                .end();

    Throwable failure = Conditions.awaitFailure(uplink.infer(request(Duration.ofSeconds(5))));

    assertThat(InferenceException.errorOf(failure))
        .isEqualTo(new InferenceError.InvalidRequest("input 'x': 100% wrong"));
  }

  @Test
  void aServerThatDoesNotAnswerIsLateAndItsCallIsCancelled() {
    Uplink uplink = connected(new UplinkTarget(primary.address(), 0, 1));
    Promise<Void> cancelled = Promise.promise();
    primary.infer = call -> call.errorHandler(error -> cancelled.tryComplete());

    Throwable failure = Conditions.awaitFailure(uplink.infer(request(Duration.ofSeconds(1))));

    assertThat(InferenceException.errorOf(failure))
        .isInstanceOf(InferenceError.DeadlineExceeded.class);
    Conditions.await(cancelled.future());
  }

  @Test
  void aCallerThatLeavesCancelsTheCall() {
    Uplink uplink = connected(new UplinkTarget(primary.address(), 0, 1));
    Promise<Void> asked = Promise.promise();
    Promise<Void> cancelled = Promise.promise();
    primary.infer =
        call -> {
          call.errorHandler(error -> cancelled.tryComplete());
          asked.tryComplete();
        };
    InferenceRequest request = request(Duration.ofSeconds(20));

    uplink.infer(request);
    Conditions.await(asked.future());
    request.context().cancellation().cancel();

    Conditions.await(cancelled.future());
  }

  @Test
  void theBackupIsUsedWhileThePrimaryIsNotReadyAndNoLonger() {
    // Given a primary and a backup region
    Uplink uplink =
        connected(
            new UplinkTarget(primary.address(), 0, 1), new UplinkTarget(backup.address(), 1, 1));
    assertThat(nodeOf(uplink)).isEqualTo(primary.address());

    // When the primary drains
    primary.ready = false;

    // Then the backup answers
    Conditions.awaitUntil(vertx, () -> isReachable(backup) && !isReachable(primary));
    assertThat(nodeOf(uplink)).isEqualTo(backup.address());

    // And when the primary is back, it answers again
    primary.ready = true;
    Conditions.awaitUntil(vertx, () -> isReachable(primary) && !isReachable(backup));
    assertThat(nodeOf(uplink)).isEqualTo(primary.address());
  }

  @Test
  void aServerWhoseCallsFailKeepsItsSequences() {
    // Given three servers, of which one fails and another leaves
    FakeOipServer third = server();
    connected(
        new UplinkTarget(primary.address(), 0, 1),
        new UplinkTarget(backup.address(), 0, 1),
        new UplinkTarget(third.address(), 0, 1));
    Conditions.awaitUntil(
        vertx, () -> isReachable(primary) && isReachable(backup) && isReachable(third));
    Target failing = pool.target(primary.address()).orElseThrow();
    for (int call = 0; call < 3; call++) {
      pool.start(failing, "m", 0).failed();
    }
    assertThat(failing.breakerState()).isInstanceOf(CircuitBreaker.State.Open.class);

    // When the targets are chosen from anew
    third.ready = false;
    Conditions.awaitUntil(vertx, () -> !pool.target(third.address()).orElseThrow().isReachable());

    // Then the one that fails is still where its sequences are
    assertThat(failing.isReachable()).isTrue();
  }

  @Test
  void aServerThatComesBackIsFoundAgain() {
    Uplink uplink = connected(new UplinkTarget(primary.address(), 0, 1));

    Conditions.await(primary.stop());
    Conditions.awaitUntil(vertx, () -> !uplink.view("m").isUsable());
    Conditions.await(primary.start());

    Conditions.awaitUntil(vertx, () -> uplink.view("m").isUsable());
    assertThat(nodeOf(uplink)).isEqualTo(primary.address());
  }

  @Test
  void bothEndsShowACertificate(@TempDir Path folder) throws IOException {
    // Given a server that lets nobody in without a certificate of its authority
    DevelopmentPki pki = new DevelopmentPki("authority");
    Path trust = pki.writeAuthority(folder.resolve("ca.pem"));
    Tls cloud = tls(pki.writeNode(folder, "cloud", List.of("127.0.0.1")), trust);
    Tls edge = tls(pki.writeNode(folder, "edge", List.of("edge.test")), trust);
    FakeOipServer secured =
        Conditions.await(new FakeOipServer(vertx, cloud.apply(new HttpServerOptions())).start());

    // When an edge of the same authority dials it
    Uplink uplink = connected(edge, new UplinkTarget(secured.address(), 0, 1));

    // Then it answers
    assertThat(nodeOf(uplink)).isEqualTo(secured.address());
  }

  private static Tls tls(DevelopmentPki.Identity identity, Path trust) {
    return Tls.of(
        new TlsSection(
            Optional.of(identity.certificate()),
            Optional.of(identity.key()),
            Optional.of(trust),
            ClientCertificates.REQUIRED,
            true,
            Duration.ofSeconds(10)));
  }

  private FakeOipServer server() {
    return Conditions.await(new FakeOipServer(vertx, new HttpServerOptions()).start());
  }

  private Uplink connected(UplinkTarget... targets) {
    return connected(Tls.none(), targets);
  }

  private Uplink connected(Tls tls, UplinkTarget... targets) {
    return connected(
        new UplinkSection(UplinkMode.GRPC, Duration.ofSeconds(10), Arrays.asList(targets)), tls);
  }

  private Uplink connected(UplinkSection section, Tls tls) {
    Uplink uplink =
        Uplink.of(
            "edge-1",
            section,
            new ClusterSection(false, "", "", 0, 0, false, List.of()),
            tls,
            pool,
            vertx,
            TICKER);
    uplinks.add(uplink);
    uplink.start();
    Conditions.awaitUntil(vertx, () -> uplink.state().isUsable() && uplink.view("m").isUsable());
    return uplink;
  }

  private boolean isReachable(FakeOipServer server) {
    return pool.candidates("m", 0, Long.MAX_VALUE, Set.of()).stream()
        .anyMatch(
            candidate ->
                candidate.target().equals(server.address())
                    && candidate.verdict().equals("candidate"));
  }

  private static String nodeOf(Uplink uplink) {
    return ((InferenceResponse) Conditions.await(uplink.infer(request(Duration.ofSeconds(5)))))
        .provenance()
        .node();
  }

  private static void echo(
      GrpcServerRequest<ModelInferRequest, ModelInferResponse> call,
      AtomicReference<MultiMap> seen) {
    seen.set(call.headers());
    call.handler(
        request ->
            call.response()
                .end(
                    ModelInferResponse.newBuilder()
                        .setModelName(request.getModelName())
                        .addOutputs(
                            ModelInferResponse.InferOutputTensor.newBuilder()
                                .setName(request.getInputs(0).getName())
                                .setDatatype(request.getInputs(0).getDatatype())
                                .addAllShape(request.getInputs(0).getShapeList()))
                        .addRawOutputContents(request.getRawInputContents(0))
                        .build()));
  }

  private static InferenceRequest request(Duration timeout) {
    return request(timeout, Tensor.ofFloats("x", Shape.of(1, 3), 1, 2, 3));
  }

  private static InferenceRequest request(Duration timeout, Tensor input) {
    RequestContext context =
        new RequestContext(
            Deadline.after(timeout, TICKER.nanos()),
            0,
            "acme",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "key-1",
            new Cancellation());
    return new InferenceRequest(
        "m", "", "id-1", Parameters.none(), List.of(input), List.of(), context);
  }
}
