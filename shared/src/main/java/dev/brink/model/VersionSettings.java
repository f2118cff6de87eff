package dev.brink.model;

import dev.brink.config.Default;

/**
 * What is said of one version of a model.
 *
 * @param sha256 of its file, checked before it is loaded; empty for any
 */
public record VersionSettings(@Default("") String sha256) {

  public VersionSettings {
    if (!sha256.isEmpty() && !sha256.matches("[0-9a-fA-F]{64}")) {
      throw new IllegalArgumentException(
          "sha256: " + sha256 + " (expected: 64 hexadecimal digits)");
    }
  }
}
