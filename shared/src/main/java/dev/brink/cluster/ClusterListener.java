package dev.brink.cluster;

/**
 * Told when this node has joined and when it has left; calls come one at a time and must be short.
 */
public interface ClusterListener {

  void joined(ClusterSession session);

  /** The session is going: what was registered with it needs no taking back. */
  void left(ClusterSession session);
}
