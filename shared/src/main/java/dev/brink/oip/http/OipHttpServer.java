package dev.brink.oip.http;

import dev.brink.oip.rules.OipSettings;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** HTTP servers that neither slow nor numerous nor malformed callers can tie up. */
public final class OipHttpServer {

  private static final int MAX_STREAMS = 256;
  private static final int WINDOW = 1 << 20;
  private static final int PIECE = 64 << 10;

  private OipHttpServer() {}

  /** Options to which host, port and TLS are added. HTTP/2 is spoken without TLS, too. */
  public static HttpServerOptions options(OipSettings settings) {
    return new HttpServerOptions()
        .setMaxHeaderSize(settings.maxHeaderBytes())
        .setMaxInitialLineLength(Math.min(8192, settings.maxHeaderBytes()))
        .setMaxChunkSize(PIECE)
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout((int) settings.silence().toMillis())
        .setHttp2ClearTextEnabled(true)
        .setHttp2ConnectionWindowSize(WINDOW)
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(MAX_STREAMS)
                .setInitialWindowSize(WINDOW)
                .setMaxHeaderListSize(settings.maxHeaderBytes()))
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setCompressionSupported(false)
        .setDecompressionSupported(false)
        .setHandle100ContinueAutomatically(false);
  }

  /**
   * A server, not listening yet, for {@code router}. Connections on which no request is under way
   * are closed after the idle timeout, even when bytes trickle in.
   */
  public static HttpServer create(
      Vertx vertx, Router router, HttpServerOptions options, OipSettings settings) {
    return servers(vertx, router, options, settings).get();
  }

  /**
   * As {@link #create}, several for the same {@code router}, which count their connections
   * together.
   */
  public static Supplier<HttpServer> servers(
      Vertx vertx, Router router, HttpServerOptions options, OipSettings settings) {
    Connections connections = new Connections(vertx, settings);
    router
        .route()
        .order(Integer.MIN_VALUE)
        .handler(
            routing -> {
              connections.begin(routing.request().connection());
              routing.addEndHandler(end -> connections.end(routing.request().connection()));
              routing.next();
            });
    return () ->
        vertx
            .createHttpServer(options)
            .connectionHandler(connections::opened)
            .invalidRequestHandler(OipHttpServer::refuse)
            .requestHandler(router);
  }

  private static void refuse(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    if (cause instanceof TooLongHttpLineException) {
      Answers.error(request.response(), 414, "URI Too Long");
    } else if (cause instanceof TooLongHttpHeaderException) {
      Answers.error(request.response(), 431, "Request Header Fields Too Large");
    } else {
      Answers.error(request.response(), 400, "Bad Request");
    }
    request.connection().close();
  }
}
