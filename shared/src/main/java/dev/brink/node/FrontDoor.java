package dev.brink.node;

import dev.brink.config.GrpcSection;
import dev.brink.config.HttpSection;
import dev.brink.inference.InferenceService;
import dev.brink.management.ManagementServer;
import dev.brink.oip.grpc.OipGrpcApi;
import dev.brink.oip.grpc.OipGrpcServer;
import dev.brink.oip.http.OipHttpApi;
import dev.brink.oip.http.OipHttpServer;
import dev.brink.oip.rules.OipSettings;
import dev.brink.telemetry.MeteredInference;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The servers of a node: the protocol for callers, and management beside it. */
public final class FrontDoor {

  private static final Duration FINISH_WITHIN = Duration.ofSeconds(30);

  /** For how long a node that is not ready any more still takes requests. */
  private static final Duration SEEN_WITHIN = Duration.ofMillis(500);

  private static final Duration WRITTEN_WITHIN = Duration.ofMillis(200);
  private static final long LOOK_MILLIS = 20;

  private final Foundation foundation;
  private final SharedPort http;
  private final Optional<SharedPort> grpc;
  private final ManagementServer management;
  private int managementPort;

  private FrontDoor(
      Foundation foundation,
      SharedPort http,
      Optional<SharedPort> grpc,
      ManagementServer management) {
    this.foundation = foundation;
    this.http = http;
    this.grpc = grpc;
    this.management = management;
  }

  /**
   * @param service answers what callers ask
   * @param deferring accepts what callers will fetch later; empty where that is not done here
   * @param routes more resources of the HTTP server
   * @param grpcCall told of every call over gRPC before it is served
   */
  public static Future<FrontDoor> open(
      Foundation foundation,
      Doors doors,
      InferenceService service,
      Optional<InferenceService> deferring,
      Consumer<Router> routes,
      Consumer<HttpServerRequest> grpcCall) {
    InferenceService metered =
        new MeteredInference(
            deferring
                .<InferenceService>map(later -> new AsyncParameter(service, later))
                .orElse(service),
            foundation.metrics(),
            System::nanoTime);
    OipSettings settings = settings(doors);
    Router router = Router.router(foundation.vertx());
    Supplier<HttpServer> servers =
        OipHttpServer.servers(
            foundation.vertx(),
            router,
            foundation.tls().apply(options(doors.http(), settings)),
            settings);
    routes.accept(router);
    new OipHttpApi(
            foundation.vertx(),
            metered,
            deferring,
            foundation.models(),
            settings,
            Callers.rules(
                doors.http().restricted(), doors.http().forwardHeaders(), doors.tenants()),
            foundation::accepting)
        .mount(router);
    ManagementServer manager =
        new ManagementServer(
            doors.management(), foundation.telemetry(), foundation.health(), foundation.console());
    foundation.pages().forEach(manager::page);
    Optional<SharedPort> grpc =
        doors.grpc().enabled()
            ? Optional.of(
                shared(
                    foundation,
                    doors,
                    doors.grpc().host(),
                    doors.grpc().port(),
                    grpc(foundation, doors, metered, settings, grpcCall)))
            : Optional.empty();
    SharedPort http = shared(foundation, doors, doors.http().host(), doors.http().port(), servers);
    return new FrontDoor(foundation, http, grpc, manager).listen();
  }

  private static SharedPort shared(
      Foundation foundation, Doors doors, String host, int port, Supplier<HttpServer> servers) {
    int loops = doors.http().eventLoops().orElse(() -> Runtime.getRuntime().availableProcessors());
    return new SharedPort(
        foundation.vertx(),
        host,
        port,
        loops,
        () -> {
          HttpServer server = servers.get();
          foundation.tls().keepCurrent(server);
          return server;
        });
  }

  private static Supplier<HttpServer> grpc(
      Foundation foundation,
      Doors doors,
      InferenceService service,
      OipSettings settings,
      Consumer<HttpServerRequest> grpcCall) {
    GrpcSection grpc = doors.grpc();
    Handler<HttpServerRequest> api =
        new OipGrpcApi(
                foundation.vertx(),
                service,
                foundation.models(),
                settings,
                Callers.rules(grpc.restricted(), grpc.forwardHeaders(), doors.tenants()),
                foundation::accepting)
            .handler();
    HttpServerOptions options =
        OipGrpcServer.options(settings).setHost(grpc.host()).setPort(grpc.port());
    HttpServerOptions secured = foundation.tls().apply(options);
    return OipGrpcServer.servers(
        foundation.vertx(),
        secured,
        settings,
        request -> {
          grpcCall.accept(request);
          api.handle(request);
        });
  }

  private static OipSettings settings(Doors doors) {
    HttpSection http = doors.http();
    OipSettings defaults = OipSettings.defaults(Version.current());
    return defaults
        .withServerName(http.serverName())
        .withSizes(
            new OipSettings.Sizes(
                http.maxBody().bytes(),
                defaults.maxBodiesBytes(),
                (int) http.maxHeader().bytes(),
                doors.grpc().maxMessage().bytes()))
        .withTimeouts(defaults.defaultTimeout(), defaults.bodyTimeout(), http.idleTimeout())
        .withModelControl(doors.modelControl());
  }

  private static HttpServerOptions options(HttpSection http, OipSettings settings) {
    return OipHttpServer.options(settings).setHost(http.host()).setPort(http.port());
  }

  private Future<FrontDoor> listen() {
    return management
        .listen(foundation.vertx(), foundation.tls()::apply, foundation.tls()::keepCurrent)
        .onSuccess(port -> managementPort = port)
        .compose(listening -> http.listen())
        .compose(listening -> grpc.map(SharedPort::listen).orElse(Future.succeededFuture()))
        .map(this);
  }

  public int httpPort() {
    return http.port();
  }

  public OptionalInt grpcPort() {
    return grpc.map(server -> OptionalInt.of(server.port())).orElse(OptionalInt.empty());
  }

  public int managementPort() {
    return managementPort;
  }

  /**
   * Not ready first, so that whoever looks goes elsewhere; then what is under way is finished, and
   * its answers are written.
   */
  public Future<Void> drain() {
    foundation.drain();
    return pause(SEEN_WITHIN).compose(seen -> whenIdle()).compose(idle -> pause(WRITTEN_WITHIN));
  }

  private Future<Void> pause(Duration length) {
    Promise<Void> over = Promise.promise();
    foundation.vertx().setTimer(length.toMillis(), timer -> over.tryComplete());
    return over.future();
  }

  private Future<Void> whenIdle() {
    Promise<Void> idle = Promise.promise();
    long end = System.nanoTime() + FINISH_WITHIN.toNanos();
    foundation
        .vertx()
        .setPeriodic(
            0,
            LOOK_MILLIS,
            timer -> {
              if (foundation.metrics().inFlight() == 0 || System.nanoTime() - end > 0) {
                foundation.vertx().cancelTimer(timer);
                idle.tryComplete();
              }
            });
    return idle.future();
  }

  public Future<Void> close() {
    return http.close()
        .eventually(() -> grpc.map(SharedPort::close).orElse(Future.succeededFuture()))
        .eventually(management::close);
  }
}
