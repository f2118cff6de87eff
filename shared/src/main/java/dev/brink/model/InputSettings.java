package dev.brink.model;

import dev.brink.config.Default;
import dev.brink.config.Range;

/**
 * Limits on what a model is given.
 *
 * @param maxTextLength most UTF-8 bytes of one BYTES element
 */
public record InputSettings(
    @Default("67108864") @Range(min = 1, max = 67_108_864) int maxTextLength) {

  public static final InputSettings DEFAULT = new InputSettings(67108864);
}
