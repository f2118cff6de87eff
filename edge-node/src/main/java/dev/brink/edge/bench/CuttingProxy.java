package dev.brink.edge.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A line to the cloud that loses replies: now and then what comes back is thrown away for a while,
 * and then the connection ends. What was asked has been done by then.
 */
final class CuttingProxy implements AutoCloseable {

  private static final int LONGEST_PEACE_MILLIS = 800;
  private static final int DEAF_MILLIS = 150;

  private final Vertx vertx = Vertx.vertx();
  private final NetClient client = vertx.createNetClient();
  private final RandomGenerator random;
  private final List<NetSocket> callers = new ArrayList<>();
  private final NetServer server;
  private boolean deaf;
  private volatile int cuts;

  /**
   * @param target port on this machine
   */
  CuttingProxy(int target, RandomGenerator random) {
    this.random = random;
    this.server =
        vertx
            .createNetServer()
            .connectHandler(caller -> connect(caller, target))
            .listen(0, "127.0.0.1")
            .await();
    vertx.runOnContext(started -> schedule());
  }

  int port() {
    return server.actualPort();
  }

  int cuts() {
    return cuts;
  }

  private void connect(NetSocket caller, int target) {
    caller.pause();
    Future<NetSocket> connected = client.connect(target, "127.0.0.1");
    connected.onFailure(refused -> caller.close());
    connected.onSuccess(
        cloud -> {
          callers.add(caller);
          caller.handler(cloud::write).closeHandler(gone -> cloud.close());
          cloud.handler(
              reply -> {
                if (!deaf) {
                  caller.write(reply);
                }
              });
          cloud.closeHandler(gone -> caller.close());
          caller.resume();
        });
  }

  private void schedule() {
    vertx.setTimer(1 + random.nextInt(LONGEST_PEACE_MILLIS), due -> cut());
  }

  private void cut() {
    deaf = true;
    vertx.setTimer(
        DEAF_MILLIS,
        due -> {
          callers.forEach(NetSocket::close);
          callers.clear();
          deaf = false;
          cuts++;
          schedule();
        });
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
