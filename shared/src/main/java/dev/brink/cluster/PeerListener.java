package dev.brink.cluster;

import dev.brink.inference.LoadReport;

/** Told what is heard of the cloud nodes; calls come from several threads and must be short. */
public interface PeerListener {

  /** A ping came back. */
  void answered(Peer peer);

  /** A ping did not come back. */
  void silent(String node);

  /** The node is no member of the cluster any more. */
  void left(String node);

  /** A reply told the node's load. */
  void reported(String node, LoadReport load);
}
