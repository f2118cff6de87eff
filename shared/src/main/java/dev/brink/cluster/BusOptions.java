package dev.brink.cluster;

import io.vertx.core.eventbus.EventBusOptions;

/** Options of the event bus that notice a dead peer within seconds. */
final class BusOptions {

  private static final int CONNECT_MILLIS = 1000;
  private static final int PING_MILLIS = 1000;
  private static final int PONG_MILLIS = 2000;

  private BusOptions() {}

  static EventBusOptions of(ClusterSettings settings) {
    EventBusOptions options =
        new EventBusOptions()
            .setHost(settings.host())
            .setPort(settings.busPort())
            .setConnectTimeout(CONNECT_MILLIS)
            .setReconnectAttempts(0)
            .setClusterPingInterval(PING_MILLIS)
            .setClusterPingReplyInterval(PONG_MILLIS);
    // Closing waits for what was written before; only the kernel can give a dead socket up in time.
    options.setTcpUserTimeout(PING_MILLIS + PONG_MILLIS);
    return settings.tls().apply(options);
  }
}
