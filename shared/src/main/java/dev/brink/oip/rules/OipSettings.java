package dev.brink.oip.rules;

import java.time.Duration;

/**
 * How a node serves the protocol.
 *
 * @param serverName as the server's metadata give it
 * @param maxBodyBytes largest request body, also when unpacked
 * @param maxBodiesBytes all bodies of one server that are in memory at one time, together
 * @param maxHeaderBytes largest header section
 * @param maxMessageBytes largest gRPC message
 * @param maxConnections open connections of one server; more are closed at once
 * @param defaultTimeout of a request that names none
 * @param bodyTimeout from a request's header to the end of its body
 * @param idleTimeout of a connection on which no request is under way
 * @param modelControl whether clients may load and unload models
 */
public record OipSettings(
    String serverName,
    String serverVersion,
    long maxBodyBytes,
    long maxBodiesBytes,
    int maxHeaderBytes,
    long maxMessageBytes,
    int maxConnections,
    Duration defaultTimeout,
    Duration bodyTimeout,
    Duration idleTimeout,
    boolean modelControl) {

  private static final long MIB = 1 << 20;

  /** 64 MiB a body and message, 16 KiB of header, 30 s to answer. */
  public static OipSettings defaults(String serverVersion) {
    return new OipSettings(
        "brink",
        serverVersion,
        64 * MIB,
        Runtime.getRuntime().maxMemory() / 3,
        16 << 10,
        64 * MIB,
        10_000,
        Duration.ofSeconds(30),
        Duration.ofSeconds(60),
        Duration.ofSeconds(60),
        false);
  }

  /** After how long a connection on which nothing moves is closed; never while one may wait. */
  public Duration silence() {
    Duration waiting = defaultTimeout.multipliedBy(3).dividedBy(2);
    return waiting.compareTo(idleTimeout) > 0 ? waiting : idleTimeout;
  }

  public OipSettings withServerName(String name) {
    return new OipSettings(
        name,
        serverVersion,
        maxBodyBytes,
        maxBodiesBytes,
        maxHeaderBytes,
        maxMessageBytes,
        maxConnections,
        defaultTimeout,
        bodyTimeout,
        idleTimeout,
        modelControl);
  }

  public OipSettings withMaxBody(long bytes, long allBytes) {
    return new OipSettings(
        serverName,
        serverVersion,
        bytes,
        allBytes,
        maxHeaderBytes,
        maxMessageBytes,
        maxConnections,
        defaultTimeout,
        bodyTimeout,
        idleTimeout,
        modelControl);
  }

  public OipSettings withMaxHeader(int bytes) {
    return new OipSettings(
        serverName,
        serverVersion,
        maxBodyBytes,
        maxBodiesBytes,
        bytes,
        maxMessageBytes,
        maxConnections,
        defaultTimeout,
        bodyTimeout,
        idleTimeout,
        modelControl);
  }

  public OipSettings withMaxMessage(long bytes) {
    return new OipSettings(
        serverName,
        serverVersion,
        maxBodyBytes,
        maxBodiesBytes,
        maxHeaderBytes,
        bytes,
        maxConnections,
        defaultTimeout,
        bodyTimeout,
        idleTimeout,
        modelControl);
  }

  public OipSettings withMaxConnections(int connections) {
    return new OipSettings(
        serverName,
        serverVersion,
        maxBodyBytes,
        maxBodiesBytes,
        maxHeaderBytes,
        maxMessageBytes,
        connections,
        defaultTimeout,
        bodyTimeout,
        idleTimeout,
        modelControl);
  }

  public OipSettings withTimeouts(Duration answer, Duration body, Duration idle) {
    return new OipSettings(
        serverName,
        serverVersion,
        maxBodyBytes,
        maxBodiesBytes,
        maxHeaderBytes,
        maxMessageBytes,
        maxConnections,
        answer,
        body,
        idle,
        modelControl);
  }

  public OipSettings withModelControl(boolean allowed) {
    return new OipSettings(
        serverName,
        serverVersion,
        maxBodyBytes,
        maxBodiesBytes,
        maxHeaderBytes,
        maxMessageBytes,
        maxConnections,
        defaultTimeout,
        bodyTimeout,
        idleTimeout,
        allowed);
  }
}
