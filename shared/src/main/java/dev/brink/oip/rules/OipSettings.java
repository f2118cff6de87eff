package dev.brink.oip.rules;

import java.time.Duration;

/**
 * How a node serves the protocol.
 *
 * @param serverName as the server's metadata give it
 * @param modelControl whether clients may load and unload models
 */
public record OipSettings(
    String serverName,
    String serverVersion,
    Sizes sizes,
    Patience patience,
    int maxConnections,
    boolean modelControl) {

  private static final long MIB = 1 << 20;

  /**
   * What may come in, in bytes.
   *
   * @param body largest request body, also when unpacked
   * @param allBodies those of one server that are in memory at one time, together
   * @param header largest header section
   * @param message largest gRPC message
   */
  public record Sizes(long body, long allBodies, int header, long message) {}

  /**
   * For how long somebody is waited for.
   *
   * @param answer of a request that names no time of its own
   * @param body from a request's header to the end of its body
   * @param idle of a connection on which no request is under way
   */
  public record Patience(Duration answer, Duration body, Duration idle) {}

  /** 64 MiB a body and message, 16 KiB of header, 30 s to answer. */
  public static OipSettings defaults(String serverVersion) {
    return new OipSettings(
        "brink",
        serverVersion,
        new Sizes(64 * MIB, Runtime.getRuntime().maxMemory() / 3, 16 << 10, 64 * MIB),
        new Patience(Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(60)),
        10_000,
        false);
  }

  /** Largest request body, also when unpacked. */
  public long maxBodyBytes() {
    return sizes.body();
  }

  /** All bodies of one server that are in memory at one time, together. */
  public long maxBodiesBytes() {
    return sizes.allBodies();
  }

  public int maxHeaderBytes() {
    return sizes.header();
  }

  public long maxMessageBytes() {
    return sizes.message();
  }

  /** Of a request that names none. */
  public Duration defaultTimeout() {
    return patience.answer();
  }

  public Duration bodyTimeout() {
    return patience.body();
  }

  public Duration idleTimeout() {
    return patience.idle();
  }

  /** After how long a connection on which nothing moves is closed; never while one may wait. */
  public Duration silence() {
    Duration waiting = defaultTimeout().multipliedBy(3).dividedBy(2);
    return waiting.compareTo(idleTimeout()) > 0 ? waiting : idleTimeout();
  }

  public OipSettings withServerName(String name) {
    return new OipSettings(name, serverVersion, sizes, patience, maxConnections, modelControl);
  }

  public OipSettings withSizes(Sizes other) {
    return new OipSettings(
        serverName, serverVersion, other, patience, maxConnections, modelControl);
  }

  public OipSettings withMaxBody(long bytes, long allBytes) {
    return withSizes(new Sizes(bytes, allBytes, sizes.header(), sizes.message()));
  }

  public OipSettings withMaxHeader(int bytes) {
    return withSizes(new Sizes(sizes.body(), sizes.allBodies(), bytes, sizes.message()));
  }

  public OipSettings withMaxMessage(long bytes) {
    return withSizes(new Sizes(sizes.body(), sizes.allBodies(), sizes.header(), bytes));
  }

  /** Open connections of one server; more are closed at once. */
  public OipSettings withMaxConnections(int connections) {
    return new OipSettings(serverName, serverVersion, sizes, patience, connections, modelControl);
  }

  public OipSettings withTimeouts(Duration answer, Duration body, Duration idle) {
    return new OipSettings(
        serverName,
        serverVersion,
        sizes,
        new Patience(answer, body, idle),
        maxConnections,
        modelControl);
  }

  public OipSettings withModelControl(boolean allowed) {
    return new OipSettings(serverName, serverVersion, sizes, patience, maxConnections, allowed);
  }
}
