package dev.brink.model;

/**
 * One line of the repository's index.
 *
 * @param version empty where no version is known
 * @param reason why the version is not ready; empty when it is
 */
public record ModelVersionStatus(String name, String version, ModelState state, String reason) {}
