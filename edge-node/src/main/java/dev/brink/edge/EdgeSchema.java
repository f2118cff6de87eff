package dev.brink.edge;

import dev.brink.config.NodeSchema;

/** Makes the edge node's configuration known to {@code check-config} and to the documentation. */
public final class EdgeSchema implements NodeSchema {

  @Override
  public String role() {
    return "edge";
  }

  @Override
  public Class<? extends Record> type() {
    return EdgeConfig.class;
  }
}
