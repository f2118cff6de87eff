package dev.brink.cloud;

import dev.brink.config.NodeSchema;

/** Makes the cloud node's configuration known to {@code check-config} and to the documentation. */
public final class CloudSchema implements NodeSchema {

  @Override
  public String role() {
    return "cloud";
  }

  @Override
  public Class<? extends Record> type() {
    return CloudConfig.class;
  }
}
