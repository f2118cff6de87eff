package dev.brink.edge.uplink;

import dev.brink.dispatch.TargetClient;
import io.vertx.core.Future;

/**
 * A way to the cloud. It keeps the pool's targets as it finds them, and tells the {@link LinkWatch}
 * what its probes come to.
 */
interface Connection extends TargetClient {

  /** Begins to look for the cloud, and returns at once. */
  void start();

  Future<Void> close();

  /** Why the cloud cannot answer although it is there; empty where nothing is known to be wrong. */
  String obstacle();
}
