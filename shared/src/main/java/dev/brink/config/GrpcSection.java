package dev.brink.config;

import java.util.List;

/**
 * The Open Inference Protocol over gRPC.
 *
 * @param enabled whether it is served at all
 * @param host the address to listen on
 * @param port the port to listen on; 0 for any free one
 * @param maxMessage largest request message
 * @param restricted parts of the protocol that only callers who know a secret may use
 * @param forwardHeaders a regular expression; metadata whose whole name matches become parameters
 *     of the request
 */
public record GrpcSection(
    @Default("true") boolean enabled,
    @Default("127.0.0.1") String host,
    @Default("8001") @Range(min = 0, max = 65535) int port,
    @Default("64MiB") @Range(min = 1024, max = 1 << 30) DataSize maxMessage,
    @Default("[]") List<RestrictedApis> restricted,
    @Default("") String forwardHeaders) {

  public GrpcSection {
    restricted = RestrictedApis.checked(restricted);
    HeaderPattern.check("forward-headers", forwardHeaders);
  }
}
