package dev.brink.config;

/**
 * Health, metrics and the console, on a port of their own.
 *
 * @param host the address to listen on
 * @param port the port to listen on; 0 for any free one
 * @param metrics whether requests are counted and timed
 */
public record ManagementSection(
    @Default("127.0.0.1") String host,
    @Default("8002") @Range(min = 0, max = 65535) int port,
    @Default("true") boolean metrics) {}
