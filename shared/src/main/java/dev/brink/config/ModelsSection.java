package dev.brink.config;

import java.nio.file.Path;

/**
 * The model repository.
 *
 * @param path the folder with one folder per model
 */
public record ModelsSection(@Default("models") Path path) {}
