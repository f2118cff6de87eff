package dev.brink.cloud.bench;

import dev.brink.cloud.worker.Admission;
import dev.brink.cloud.worker.BusWorker;
import dev.brink.cloud.worker.GrpcGrants;
import dev.brink.cloud.worker.WorkerLimits;
import dev.brink.cluster.ClusterLink;
import dev.brink.cluster.ClusterListener;
import dev.brink.cluster.ClusterRole;
import dev.brink.cluster.ClusterSession;
import dev.brink.cluster.ClusterSettings;
import dev.brink.cluster.HeldModel;
import dev.brink.cluster.NodeStatus;
import dev.brink.config.ClientCertificates;
import dev.brink.config.ModelsSection;
import dev.brink.config.TlsSection;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.LoadReport;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.Timings;
import dev.brink.oip.grpc.OipGrpcApi;
import dev.brink.oip.grpc.OipGrpcServer;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.oip.rules.OipSettings;
import dev.brink.oip.wire.WireResponses;
import dev.brink.resilience.Ticker;
import dev.brink.security.Tls;
import dev.brink.serving.ModelHost;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.Message;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import io.vertx.grpc.server.GrpcServer;
import io.vertx.grpc.server.GrpcServerOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Answers every request with the same 150 numbers, at once: over the event bus and over gRPC as a
 * cloud node does, and beside them by a bare event bus, bare HTTP/2 and bare gRPC of Vert.x. What
 * is left is the hop. Says its ports in one line and ends when its input does.
 */
public final class HopServer {

  /** The bare consumer's address. */
  public static final String BARE_ADDRESS = "bare.hop";

  private static final String NODE = "hop";
  private static final Ticker TICKER = Ticker.system();
  private static final WorkerLimits LIMITS = new WorkerLimits(256, 1L << 30);
  private static final LoadReport LOAD = new LoadReport(0, 0, 0, 1, 256, 1L << 30);
  private static final Tensor NUMBERS = Tensor.ofFloats("y", Shape.of(1, 150), new float[150]);

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final Tls tls;
  private final Admission admission = new Admission(NODE, LIMITS, TICKER);

  private HopServer(Tls tls) {
    this.tls = tls;
  }

  /**
   * @param arguments an empty folder for models, then the cluster's name and port; then, for TLS,
   *     the files of certificate, key and trust
   */
  public static void main(String[] arguments) throws IOException {
    Tls tls =
        arguments.length < 6
            ? Tls.none()
            : Tls.of(
                new TlsSection(
                    Optional.of(Path.of(arguments[3])),
                    Optional.of(Path.of(arguments[4])),
                    Optional.of(Path.of(arguments[5])),
                    ClientCertificates.REQUIRED,
                    true,
                    Duration.ofMinutes(10)));
    HopServer server = new HopServer(tls);
    server.joinCluster(arguments[1], Integer.parseInt(arguments[2]));
    int grpc = server.listen(server.brinkGrpc(Path.of(arguments[0])));
    int bareHttp = server.listen(HopServer::answerHttp);
    int bareGrpc = server.listen(server.bareGrpc());
    System.out.println("ready " + grpc + " " + bareHttp + " " + bareGrpc);
    System.in.transferTo(java.io.OutputStream.nullOutputStream());
    System.exit(0);
  }

  private void joinCluster(String name, int port) {
    BusWorker worker =
        new BusWorker(
            NODE,
            admission.before(HopServer::answer),
            HopServer::status,
            () -> LOAD,
            admission,
            TICKER);
    new ClusterLink(
            new ClusterSettings(
                NODE, ClusterRole.CLOUD, name, "127.0.0.1", port, 0, List.of(), tls),
            List.of(worker, new BareConsumer()))
        .start();
  }

  private static NodeStatus status() {
    return new NodeStatus(true, Set.of(new HeldModel("m", "1")), LOAD);
  }

  private static Future<InferenceResult> answer(InferenceRequest request) {
    return Future.succeededFuture(response());
  }

  private static InferenceResponse response() {
    return new InferenceResponse(
        "m",
        "1",
        "",
        Parameters.none(),
        List.of(NUMBERS),
        Provenance.local(Route.CLOUD, NODE, Timings.NONE));
  }

  private Handler<HttpServerRequest> brinkGrpc(Path models) {
    ModelHost catalog = new ModelHost(vertx, ModelsSection.of(models), NODE, Route.CLOUD, TICKER);
    catalog.start();
    Handler<HttpServerRequest> api =
        new OipGrpcApi(
                vertx,
                admission.before(HopServer::answer),
                catalog,
                OipSettings.defaults("bench"),
                () -> true)
            .handler();
    GrpcGrants grants = new GrpcGrants(admission, () -> LOAD);
    return call -> {
      grants.accept(call);
      api.handle(call);
    };
  }

  private static void answerHttp(HttpServerRequest request) {
    Buffer answer = Buffer.buffer(new byte[4 * 150]);
    request.body().onSuccess(body -> request.response().end(answer));
  }

  private Handler<HttpServerRequest> bareGrpc() {
    ModelInferResponse answer = WireResponses.toMessage(response());
    GrpcServer server =
        GrpcServer.server(vertx, new GrpcServerOptions().setMaxMessageSize(64L << 20));
    ServiceMethod<ModelInferRequest, ModelInferResponse> infer =
        ServiceMethod.server(
            ServiceName.create("bare", "Hop"),
            "ModelInfer",
            GrpcMessageEncoder.encoder(),
            GrpcMessageDecoder.decoder(ModelInferRequest.getDefaultInstance()));
    server.callHandler(
        infer, call -> call.last().onSuccess(request -> call.response().end(answer)));
    return server;
  }

  private int listen(Handler<HttpServerRequest> handler) {
    HttpServerOptions options =
        OipGrpcServer.options(OipSettings.defaults("bench"))
            .setHost("127.0.0.1")
            .setPort(0)
            .setInitialSettings(
                new Http2Settings().setMaxConcurrentStreams(256).setInitialWindowSize(1 << 20));
    return vertx
        .createHttpServer(tls.apply(options))
        .requestHandler(handler)
        .listen()
        .map(HttpServer::actualPort)
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  /** What a bare event bus would do: bytes in, bytes out. */
  private static final class BareConsumer implements ClusterListener {

    @Override
    public void joined(ClusterSession session) {
      Buffer answer = Buffer.buffer(new byte[4 * 150]);
      session
          .vertx()
          .eventBus()
          .consumer(BARE_ADDRESS, (Message<Buffer> message) -> message.reply(answer));
    }

    @Override
    public void left(ClusterSession session) {}
  }
}
