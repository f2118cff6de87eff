package dev.brink.cluster;

import io.vertx.core.Future;

/**
 * Told when this node has joined and when it has left; calls come one at a time and must be short.
 */
public interface ClusterListener {

  void joined(ClusterSession session);

  /**
   * The session is about to go and still works: the time to finish what is under way. It goes when
   * all listeners are done, or after a few seconds.
   */
  default Future<Void> leaving(ClusterSession session) {
    return Future.succeededFuture();
  }

  /** The session is going: what was registered with it needs no taking back. */
  void left(ClusterSession session);
}
