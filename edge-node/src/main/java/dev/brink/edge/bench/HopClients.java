package dev.brink.edge.bench;

import dev.brink.cluster.ClusterLink;
import dev.brink.cluster.ClusterListener;
import dev.brink.cluster.ClusterRole;
import dev.brink.cluster.ClusterSession;
import dev.brink.cluster.ClusterSettings;
import dev.brink.config.ClusterSection;
import dev.brink.config.UplinkMode;
import dev.brink.config.UplinkSection;
import dev.brink.config.UplinkTarget;
import dev.brink.edge.cli.CommandFailure;
import dev.brink.edge.uplink.Uplink;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.oip.wire.WireRequests;
import dev.brink.resilience.Ticker;
import dev.brink.routing.LinkState;
import dev.brink.routing.TargetPool;
import dev.brink.routing.TargetPoolSettings;
import dev.brink.security.Tls;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.grpc.client.GrpcClient;
import io.vertx.grpc.client.GrpcClientOptions;
import io.vertx.grpc.client.GrpcClientResponse;
import io.vertx.grpc.common.GrpcMessageDecoder;
import io.vertx.grpc.common.GrpcMessageEncoder;
import io.vertx.grpc.common.ServiceMethod;
import io.vertx.grpc.common.ServiceName;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/** The near end of each transport, Brink's own and bare, connected to one far end. */
final class HopClients implements AutoCloseable {

  private static final Ticker TICKER = Ticker.system();
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int STREAM_WINDOW = 4 << 20;
  private static final int TRIES = 300;
  private static final String BARE_BUS = "bare event bus";
  private static final String BARE_GRPC = "bare gRPC";
  private static final String BARE_ADDRESS = "bare.hop";
  private static final ServiceMethod<ModelInferResponse, ModelInferRequest> INFER =
      ServiceMethod.client(
          ServiceName.create("bare", "Hop"),
          "ModelInfer",
          GrpcMessageEncoder.encoder(),
          GrpcMessageDecoder.decoder(ModelInferResponse.getDefaultInstance()));

  private final HopServerProcess server;
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final Context context = vertx.getOrCreateContext();
  private final ClusterSession session;
  private final Uplink bus;
  private final Uplink grpc;
  private final HttpClient http;
  private final GrpcClient bareGrpc;

  /**
   * One way to the far end.
   *
   * @param bare the name of the transport it is compared with; empty where it is bare itself
   * @param context from which {@code call} is called
   */
  record Hop(String name, String bare, Context context, Supplier<Future<?>> call) {}

  HopClients(HopServerProcess server) {
    this.server = server;
    this.session = join();
    this.bus = uplink(UplinkMode.CLUSTER);
    this.grpc = uplink(UplinkMode.GRPC);
    this.http =
        vertx.createHttpClient(httpOptions(server.tls()), new PoolOptions().setHttp2MaxSize(1));
    this.bareGrpc =
        GrpcClient.client(
            vertx, new GrpcClientOptions().setMaxMessageSize(64L << 20), httpOptions(server.tls()));
  }

  private static HttpClientOptions httpOptions(Tls tls) {
    return tls.apply(
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setTcpNoDelay(true)
            .setInitialSettings(new Http2Settings().setInitialWindowSize(STREAM_WINDOW))
            .setHttp2ConnectionWindowSize(4 * STREAM_WINDOW));
  }

  private ClusterSession join() {
    CompletableFuture<ClusterSession> joined = new CompletableFuture<>();
    ClusterListener listener =
        new ClusterListener() {
          @Override
          public void joined(ClusterSession session) {
            joined.complete(session);
          }

          @Override
          public void left(ClusterSession session) {}
        };
    new ClusterLink(
            new ClusterSettings(
                "bare",
                ClusterRole.EDGE,
                server.cluster(),
                "127.0.0.1",
                0,
                0,
                List.of("127.0.0.1:" + server.clusterPort()),
                server.tls()),
            List.of(listener))
        .start();
    return joined.orTimeout(TRIES / 10, TimeUnit.SECONDS).join();
  }

  private Uplink uplink(UplinkMode mode) {
    Uplink uplink =
        Uplink.of(
            "near",
            new UplinkSection(
                mode, TIMEOUT, List.of(UplinkTarget.parse("127.0.0.1:" + server.grpcPort()))),
            new ClusterSection(
                true,
                server.cluster(),
                "127.0.0.1",
                0,
                0,
                false,
                List.of("127.0.0.1:" + server.clusterPort())),
            server.tls(),
            new TargetPool(
                TargetPoolSettings.standard(),
                TICKER,
                () -> ThreadLocalRandom.current().nextLong()),
            vertx,
            TICKER);
    uplink.start();
    for (int i = 0; i < TRIES; i++) {
      if (uplink.state() == LinkState.ONLINE) {
        return uplink;
      }
      LockSupport.parkNanos(100_000_000L);
    }
    throw CommandFailure.failed("the uplink " + mode + " did not come up");
  }

  /** All transports, with a request of this many bytes. */
  List<Hop> hops(int bytes) {
    Buffer body = Buffer.buffer(new byte[bytes]);
    Tensor input = Tensor.ofFloats("x", Shape.of(1, bytes / 4), new float[bytes / 4]);
    ModelInferRequest message = WireRequests.toMessage(request(input));
    return List.of(
        new Hop(BARE_BUS, "", session.vertx().getOrCreateContext(), () -> overBareBus(body)),
        new Hop("Brink, cluster", BARE_BUS, context, () -> bus.infer(request(input))),
        new Hop("bare HTTP/2", "", context, () -> overHttp(body)),
        new Hop(BARE_GRPC, "", context, () -> overBareGrpc(message)),
        new Hop("Brink, grpc", BARE_GRPC, context, () -> grpc.infer(request(input))));
  }

  private static InferenceRequest request(Tensor input) {
    return new InferenceRequest(
        "m",
        "",
        "",
        Parameters.none(),
        List.of(input),
        List.of(),
        RequestContext.until(Deadline.after(TIMEOUT, TICKER.nanos())));
  }

  private Future<?> overBareBus(Buffer body) {
    return session.vertx().eventBus().request(BARE_ADDRESS, body);
  }

  private Future<?> overHttp(Buffer body) {
    return http.request(HttpMethod.POST, server.bareHttpPort(), "127.0.0.1", "/")
        .compose(request -> request.send(body))
        .compose(HttpClientResponse::body);
  }

  private Future<?> overBareGrpc(ModelInferRequest message) {
    return bareGrpc
        .request(SocketAddress.inetSocketAddress(server.bareGrpcPort(), "127.0.0.1"), INFER)
        .compose(request -> request.send(message))
        .compose(GrpcClientResponse::last);
  }

  @Override
  public void close() {
    bus.close();
    grpc.close();
    vertx.close();
  }
}
