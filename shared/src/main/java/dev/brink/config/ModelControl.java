package dev.brink.config;

/** Whether callers may load and unload models, and hand in files of new versions. */
public enum ModelControl {
  OFF,
  /** Only while {@code http.host} and {@code grpc.host} are loopback addresses. */
  LOOPBACK,
  ON
}
