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

/** HTTP servers for gRPC. */
public final class OipGrpcServer {

  private static final int MAX_STREAMS = 256;
  private static final int WINDOW = 1 << 20;

  /** Most writes to one connection that leave together. */
  private static final int TOGETHER = 256;

  private OipGrpcServer() {}

  /** A server, not listening yet, for {@code calls}. */
  public static HttpServer create(
      Vertx vertx, HttpServerOptions options, Handler<HttpServerRequest> calls) {
    return vertx
        .createHttpServer(options)
        .connectionHandler(OipGrpcServer::writeTogether)
        .requestHandler(calls);
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
