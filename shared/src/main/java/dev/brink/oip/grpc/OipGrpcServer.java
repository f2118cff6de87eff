package dev.brink.oip.grpc;

import dev.brink.oip.rules.OipSettings;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.TimeUnit;

/** The options of servers for gRPC. */
public final class OipGrpcServer {

  private static final int MAX_STREAMS = 256;
  private static final int WINDOW = 1 << 20;

  private OipGrpcServer() {}

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
