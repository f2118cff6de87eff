package dev.brink.node;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.internal.VertxInternal;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Servers alike on one port, each on an event loop of its own; new connections go round them. */
final class SharedPort {

  /** Vert.x shares a free port among servers that ask for the same negative one. */
  private static final AtomicInteger FREE_PORTS = new AtomicInteger();

  private final Vertx vertx;
  private final String host;
  private final int wanted;
  private final List<HttpServer> servers;

  /**
   * @param port 0 for any free one
   */
  SharedPort(Vertx vertx, String host, int port, int count, Supplier<HttpServer> server) {
    this.vertx = vertx;
    this.host = host;
    this.wanted = port == 0 ? FREE_PORTS.decrementAndGet() : port;
    this.servers = Stream.generate(server).limit(count).toList();
  }

  /** One after the other: the first finds out which port it is. */
  Future<Void> listen() {
    Future<Void> listening = Future.succeededFuture();
    for (HttpServer server : servers) {
      listening = listening.compose(before -> onLoop(() -> server.listen(wanted, host)));
    }
    return listening;
  }

  private Future<Void> onLoop(Supplier<Future<HttpServer>> action) {
    Promise<Void> done = Promise.promise();
    Context loop = ((VertxInternal) vertx).createEventLoopContext();
    loop.runOnContext(ignored -> action.get().<Void>mapEmpty().onComplete(done));
    return done.future();
  }

  int port() {
    return servers.getFirst().actualPort();
  }

  Future<Void> close() {
    return Future.join(servers.stream().map(HttpServer::close).toList()).mapEmpty();
  }
}
