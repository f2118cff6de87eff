package dev.brink.config;

import java.nio.file.Path;

/**
 * Requests kept for later.
 *
 * @param path the database file; its folder is made where it is missing
 */
public record OutboxSection(@Default("run/outbox.db") Path path) {}
