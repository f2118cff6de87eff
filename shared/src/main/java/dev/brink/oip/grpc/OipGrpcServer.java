package dev.brink.oip.grpc;

import dev.brink.oip.rules.OipSettings;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.flush.FlushConsolidationHandler;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.impl.HttpServerConnection;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** HTTP servers for gRPC. */
public final class OipGrpcServer {

  private static final int MAX_STREAMS = 256;
  private static final int WINDOW = 1 << 20;

  /** Most writes to one connection that leave together. */
  private static final int TOGETHER = 256;

  private OipGrpcServer() {}

  /**
   * Servers, not listening yet, for {@code calls}, which count their connections together: more
   * than allowed are closed at once.
   */
  public static Supplier<HttpServer> servers(
      Vertx vertx,
      HttpServerOptions options,
      OipSettings settings,
      Handler<HttpServerRequest> calls) {
    AtomicInteger open = new AtomicInteger();
    return () ->
        vertx
            .createHttpServer(options)
            .connectionHandler(connection -> opened(connection, open, settings.maxConnections()))
            .requestHandler(calls);
  }

  private static void opened(HttpConnection connection, AtomicInteger open, int most) {
    connection.closeHandler(closed -> open.decrementAndGet());
    if (open.incrementAndGet() > most) {
      connection.close();
    } else {
      writeTogether(connection);
    }
  }

  /**
   * An answer is three frames, and calls that share a connection are often answered in one go: each
   * write of its own to the socket would cost more than all that is in it.
   */
  private static void writeTogether(HttpConnection connection) {
    ChannelHandlerContext handler = ((HttpServerConnection) connection).channelHandlerContext();
    handler
        .pipeline()
        .addBefore(handler.name(), "together", new FlushConsolidationHandler(TOGETHER, true));
  }

  /** Options to which host, port and TLS are added. */
  public static HttpServerOptions options(OipSettings settings) {
    return new HttpServerOptions()
        .setMaxHeaderSize(settings.maxHeaderBytes())
        .setHttp2ClearTextEnabled(true)
        .setHttp2ConnectionWindowSize(4 * WINDOW)
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout((int) settings.silence().toMillis())
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(MAX_STREAMS)
                .setInitialWindowSize(WINDOW)
                .setMaxHeaderListSize(settings.maxHeaderBytes()));
  }
}
