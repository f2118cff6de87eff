package dev.brink.management;

import dev.brink.config.ManagementSection;
import dev.brink.telemetry.Telemetry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Serves {@code /metrics}, {@code /health/live}, {@code /health/ready} and {@code /console}, and
 * what others mount. It has a port of its own because none of it is for callers.
 */
public final class ManagementServer {

  private static final String CONTENT_SECURITY =
      "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src"
          + " 'self'; frame-ancestors 'none'";

  private final ManagementSection config;
  private final Telemetry telemetry;
  private final Health health;
  private final Console console;
  private final Map<String, Supplier<JsonObject>> pages = new LinkedHashMap<>();
  private Consumer<Router> mounts = router -> {};
  private HttpServer server;

  public ManagementServer(
      ManagementSection config, Telemetry telemetry, Health health, Console console) {
    this.config = config;
    this.telemetry = telemetry;
    this.health = health;
    this.console = console;
  }

  /** Adds a page of JSON; before {@link #listen}. */
  public ManagementServer page(String path, Supplier<JsonObject> content) {
    pages.put(path, content);
    return this;
  }

  /** Adds routes of any kind; before {@link #listen}. */
  public ManagementServer mount(Consumer<Router> routes) {
    mounts = mounts.andThen(routes);
    return this;
  }

  /** Starts to serve in the clear; the future has the port. */
  public Future<Integer> listen(Vertx vertx) {
    return listen(vertx, options -> options, server -> {});
  }

  /**
   * Starts to serve; the future has the port.
   *
   * @param security adds TLS where it is configured
   * @param created told of the server before it listens
   */
  public Future<Integer> listen(
      Vertx vertx, UnaryOperator<HttpServerOptions> security, Consumer<HttpServer> created) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(config.host())
            .setPort(config.port())
            .setMaxInitialLineLength(4096)
            .setMaxHeaderSize(16 * 1024)
            .setIdleTimeout(60)
            .setHttp2ClearTextEnabled(false)
            .setCompressionSupported(true);
    server = vertx.createHttpServer(security.apply(options)).requestHandler(router(vertx));
    created.accept(server);
    return server.listen().map(HttpServer::actualPort);
  }

  public Future<Void> close() {
    return server == null ? Future.succeededFuture() : server.close();
  }

  private Router router(Vertx vertx) {
    Router router = Router.router(vertx);
    router.get("/metrics").handler(this::metrics);
    router.get("/health/live").handler(context -> health(context, health.liveness()));
    router.get("/health/ready").handler(context -> health(context, health.readiness()));
    router.get("/health").handler(context -> health(context, health.readiness()));
    String page = Console.page();
    router.get("/console").handler(context -> console(context, page));
    router.get("/console/state").handler(context -> json(context, console.state()));
    router.get("/").handler(context -> context.redirect("/console"));
    pages.forEach((path, content) -> router.get(path).handler(it -> json(it, content.get())));
    mounts.accept(router);
    router.errorHandler(404, context -> failure(context, 404, "no such page"));
    router.errorHandler(405, context -> failure(context, 405, "method not allowed"));
    router.errorHandler(500, context -> failure(context, 500, "internal error"));
    return router;
  }

  private void metrics(RoutingContext context) {
    context
        .response()
        .putHeader("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        .end(telemetry.scrape());
  }

  private static void health(RoutingContext context, JsonObject report) {
    context.response().setStatusCode(report.getBoolean("up") ? 200 : 503);
    json(context, report);
  }

  private static void console(RoutingContext context, String page) {
    context
        .response()
        .putHeader("Content-Type", "text/html; charset=utf-8")
        .putHeader("Content-Security-Policy", CONTENT_SECURITY)
        .end(page);
  }

  private static void json(RoutingContext context, JsonObject content) {
    context
        .response()
        .putHeader("Content-Type", "application/json")
        .putHeader("Cache-Control", "no-store")
        .end(content.encode());
  }

  private static void failure(RoutingContext context, int status, String message) {
    context.response().setStatusCode(status);
    json(context, JsonObject.of("error", message));
  }
}
