package dev.brink.edge.uplink;

import dev.brink.dispatch.Timers;
import io.vertx.core.Future;
import io.vertx.grpc.client.GrpcClient;
import java.time.Duration;

/** A dialled connection and the number of calls on it, so that it can go when they have ended. */
final class GrpcLine {

  private final GrpcClient client;
  private int underWay;
  private boolean leaving;

  GrpcLine(GrpcClient client) {
    this.client = client;
  }

  GrpcClient client() {
    return client;
  }

  synchronized void begin() {
    underWay++;
  }

  void end() {
    if (isOver()) {
      client.close();
    }
  }

  private synchronized boolean isOver() {
    underWay--;
    return leaving && underWay == 0;
  }

  /** With the last call, or after {@code limit}. */
  void closeWhenIdle(Timers timers, Duration limit) {
    if (leave()) {
      client.close();
    } else {
      timers.after(limit, client::close);
    }
  }

  private synchronized boolean leave() {
    leaving = true;
    return underWay == 0;
  }

  Future<Void> close() {
    return client.close();
  }
}
