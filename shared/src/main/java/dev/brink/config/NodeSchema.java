package dev.brink.config;

/** Which record a role's configuration file is; found by {@link java.util.ServiceLoader}. */
public interface NodeSchema {

  /** {@code edge} or {@code cloud}. */
  String role();

  Class<? extends Record> type();
}
