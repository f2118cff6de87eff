package dev.brink.model;

import dev.brink.config.DataSize;
import dev.brink.config.Default;
import dev.brink.config.Range;
import java.time.Duration;

/**
 * Whether answers of a model are kept and given again to the same question.
 *
 * @param maxBytes most bytes of kept answers
 */
public record CacheSettings(
    @Default("false") boolean enabled,
    @Default("60s") @Range(min = 1) Duration ttl,
    @Default("16MiB") @Range(min = 1024) DataSize maxBytes) {}
