package dev.brink.node;

import dev.brink.config.GrpcSection;
import dev.brink.config.HttpSection;
import dev.brink.config.ManagementSection;
import dev.brink.inference.InferenceService;
import dev.brink.management.ManagementServer;
import dev.brink.oip.grpc.OipGrpcApi;
import dev.brink.oip.grpc.OipGrpcServer;
import dev.brink.oip.http.OipHttpApi;
import dev.brink.oip.http.OipHttpServer;
import dev.brink.oip.rules.OipSettings;
import dev.brink.telemetry.MeteredInference;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** The servers of a node: the protocol for callers, and management beside it. */
public final class FrontDoor {

  private static final Duration FINISH_WITHIN = Duration.ofSeconds(30);

  private final Foundation foundation;
  private final InFlight service;
  private final HttpServer http;
  private final Optional<HttpServer> grpc;
  private final ManagementServer management;
  private int managementPort;

  private FrontDoor(
      Foundation foundation,
      InFlight service,
      HttpServer http,
      Optional<HttpServer> grpc,
      ManagementServer management) {
    this.foundation = foundation;
    this.service = service;
    this.http = http;
    this.grpc = grpc;
    this.management = management;
  }

  /**
   * @param service answers what callers ask
   * @param deferring accepts what callers will fetch later; empty where that is not done here
   * @param routes more resources of the HTTP server
   */
  public static Future<FrontDoor> open(
      Foundation foundation,
      HttpSection http,
      GrpcSection grpc,
      ManagementSection management,
      InferenceService service,
      Optional<InferenceService> deferring,
      Consumer<Router> routes) {
    InFlight inFlight =
        new InFlight(new MeteredInference(service, foundation.metrics(), System::nanoTime));
    OipSettings settings = settings(http, grpc);
    Router router = Router.router(foundation.vertx());
    HttpServer server =
        OipHttpServer.create(foundation.vertx(), router, options(http, settings), settings);
    routes.accept(router);
    new OipHttpApi(
            foundation.vertx(),
            inFlight,
            deferring,
            foundation.models(),
            settings,
            foundation::accepting)
        .mount(router);
    ManagementServer manager =
        new ManagementServer(
            management, foundation.telemetry(), foundation.health(), foundation.console());
    return new FrontDoor(
            foundation, inFlight, server, grpc(foundation, grpc, inFlight, settings), manager)
        .listen();
  }

  private static Optional<HttpServer> grpc(
      Foundation foundation, GrpcSection grpc, InferenceService service, OipSettings settings) {
    if (!grpc.enabled()) {
      return Optional.empty();
    }
    OipGrpcApi api =
        new OipGrpcApi(
            foundation.vertx(), service, foundation.models(), settings, foundation::accepting);
    HttpServerOptions options =
        OipGrpcServer.options(settings).setHost(grpc.host()).setPort(grpc.port());
    return Optional.of(foundation.vertx().createHttpServer(options).requestHandler(api.handler()));
  }

  private static OipSettings settings(HttpSection http, GrpcSection grpc) {
    OipSettings defaults = OipSettings.defaults(Version.current());
    return defaults
        .withMaxBody(http.maxBody().bytes(), defaults.maxBodiesBytes())
        .withMaxHeader((int) http.maxHeader().bytes())
        .withMaxMessage(grpc.maxMessage().bytes())
        .withModelControl(true);
  }

  private static HttpServerOptions options(HttpSection http, OipSettings settings) {
    return OipHttpServer.options(settings).setHost(http.host()).setPort(http.port());
  }

  private Future<FrontDoor> listen() {
    return management
        .listen(foundation.vertx())
        .onSuccess(port -> managementPort = port)
        .compose(listening -> http.listen())
        .compose(listening -> grpc.map(HttpServer::listen).orElse(Future.succeededFuture()))
        .map(this);
  }

  public int httpPort() {
    return http.actualPort();
  }

  public OptionalInt grpcPort() {
    return grpc.map(server -> OptionalInt.of(server.actualPort())).orElse(OptionalInt.empty());
  }

  public int managementPort() {
    return managementPort;
  }

  /** Not ready first, so that callers go elsewhere; then what is in flight is finished. */
  public Future<Void> drain() {
    foundation.drain();
    return service.whenIdle(foundation.vertx(), FINISH_WITHIN);
  }

  public Future<Void> close() {
    return http.close()
        .eventually(() -> grpc.map(HttpServer::close).orElse(Future.succeededFuture()))
        .eventually(management::close);
  }
}
