package dev.brink.config;

/**
 * The Open Inference Protocol over gRPC.
 *
 * @param enabled whether it is served at all
 * @param host the address to listen on
 * @param port the port to listen on; 0 for any free one
 * @param maxMessage largest request message
 */
public record GrpcSection(
    @Default("true") boolean enabled,
    @Default("127.0.0.1") String host,
    @Default("8001") @Range(min = 0, max = 65535) int port,
    @Default("64MiB") @Range(min = 1024, max = 1 << 30) DataSize maxMessage) {}
