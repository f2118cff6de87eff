package dev.brink.edge.uplink;

import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import java.util.function.UnaryOperator;

/** How a server is dialled: HTTP/2 from the first byte, given up within a second. */
final class DialOptions {

  private static final int CONNECT_MILLIS = 1000;

  /** A tensor of 600 KB must not wait for the other end ten times on a slow line. */
  private static final int STREAM_WINDOW = 4 << 20;

  private static final int CONNECTION_WINDOW = 16 << 20;

  private final UnaryOperator<HttpClientOptions> security;

  /**
   * @param security adds TLS where it is configured
   */
  DialOptions(UnaryOperator<HttpClientOptions> security) {
    this.security = security;
  }

  HttpClientOptions httpOptions() {
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setHttp2ClearTextUpgrade(false)
            .setConnectTimeout(CONNECT_MILLIS)
            .setTcpNoDelay(true)
            .setInitialSettings(new Http2Settings().setInitialWindowSize(STREAM_WINDOW))
            .setHttp2ConnectionWindowSize(CONNECTION_WINDOW);
    return security.apply(options);
  }
}
