package dev.brink.config;

import java.time.Duration;
import java.util.List;

/**
 * The Open Inference Protocol over HTTP.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 for any free one
 * @param maxBody largest request body, larger ones are refused with 413
 * @param maxHeader largest request header section
 * @param idleTimeout after which a silent connection is closed
 * @param eventLoops threads that read and write, for gRPC too; {@code auto}: one for each core
 * @param serverName what the server's metadata call it, over gRPC too; clients in the field compare
 *     it with {@code triton}
 * @param warmup whether a few requests to a server of its own on loopback come before the node is
 *     ready, so that its first caller does not wait for classes to be loaded
 * @param restricted parts of the protocol that only callers who know a secret may use
 * @param forwardHeaders a regular expression; request headers whose whole name matches become
 *     parameters of the request
 */
public record HttpSection(
    @Default("127.0.0.1") String host,
    @Default("8000") @Range(min = 0, max = 65535) int port,
    @Default("64MiB") @Range(min = 1024, max = 1 << 30) DataSize maxBody,
    @Default("16KiB") @Range(min = 1024, max = 1 << 20) DataSize maxHeader,
    @Default("60s") @Range(min = 100) Duration idleTimeout,
    @Default("auto") AutoInt eventLoops,
    @Default("triton") String serverName,
    @Default("true") boolean warmup,
    @Default("[]") List<RestrictedApis> restricted,
    @Default("") String forwardHeaders) {

  private static final int MAX_EVENT_LOOPS = 256;

  public HttpSection {
    if (eventLoops.orElse(() -> 1) < 1 || eventLoops.orElse(() -> 1) > MAX_EVENT_LOOPS) {
      throw new IllegalArgumentException(
          "event-loops: " + eventLoops + " (expected: auto or 1 to " + MAX_EVENT_LOOPS + ")");
    }
    restricted = RestrictedApis.checked(restricted);
    HeaderPattern.check("forward-headers", forwardHeaders);
  }
}
