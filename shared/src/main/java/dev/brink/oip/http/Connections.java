package dev.brink.oip.http;

import dev.brink.oip.rules.OipSettings;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The open connections of a server: not too many, and none that stays without a request. */
final class Connections {

  private final Vertx vertx;
  private final OipSettings settings;
  private final Map<HttpConnection, Watch> watches = new ConcurrentHashMap<>();

  Connections(Vertx vertx, OipSettings settings) {
    this.vertx = vertx;
    this.settings = settings;
  }

  void opened(HttpConnection connection) {
    if (watches.size() >= settings.maxConnections()) {
      connection.close();
      return;
    }
    Watch watch = new Watch(connection);
    watches.put(connection, watch);
    watch.arm();
    connection.closeHandler(
        closed -> {
          watches.remove(connection);
          watch.disarm();
        });
  }

  void begin(HttpConnection connection) {
    Watch watch = watches.get(connection);
    if (watch != null) {
      watch.begin();
    }
  }

  void end(HttpConnection connection) {
    Watch watch = watches.get(connection);
    if (watch != null) {
      watch.end();
    }
  }

  int count() {
    return watches.size();
  }

  /** Looks once an idle timeout whether the connection has had a request since. */
  private final class Watch {

    private final HttpConnection connection;
    private int active;
    private boolean used;
    private long timer;

    Watch(HttpConnection connection) {
      this.connection = connection;
    }

    void arm() {
      timer = vertx.setTimer(settings.idleTimeout().toMillis(), id -> look());
    }

    void disarm() {
      vertx.cancelTimer(timer);
    }

    synchronized void begin() {
      active++;
      used = true;
    }

    synchronized void end() {
      active--;
      used = true;
    }

    private void look() {
      if (isIdle()) {
        connection.close();
      } else {
        arm();
      }
    }

    private synchronized boolean isIdle() {
      boolean idle = active == 0 && !used;
      used = false;
      return idle;
    }
  }
}
