package dev.brink.cluster;

import java.util.Locale;

/** What a node is to the cluster. */
public enum ClusterRole {
  /** A lite member: holds no partition data, so that its coming and going moves none. */
  EDGE,
  /** A data member that takes work. */
  CLOUD;

  String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
