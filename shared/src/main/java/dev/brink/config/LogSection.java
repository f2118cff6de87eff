package dev.brink.config;

/**
 * What is logged, to standard error.
 *
 * @param level the least severe events that are logged
 * @param format {@code text} or {@code json}
 */
public record LogSection(@Default("info") LogLevel level, @Default("text") LogFormat format) {}
