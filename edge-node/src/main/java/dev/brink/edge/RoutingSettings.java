package dev.brink.edge;

import dev.brink.config.DataSize;
import dev.brink.config.Default;
import dev.brink.config.Range;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What is kept of routing.
 *
 * @param learned the file that keeps over a restart what thresholds were learned from; without it,
 *     one beside {@code outbox.path}
 * @param saveEvery how often it is written; it is when the node stops, too
 * @param trace a file for a line about every request that a cascade judged; none without it
 * @param traceMax after which nothing is added to that file
 */
public record RoutingSettings(
    Optional<Path> learned,
    @Default("30s") @Range(min = 1000) Duration saveEvery,
    Optional<Path> trace,
    @Default("64MiB") @Range(min = 1024) DataSize traceMax) {

  Path learnedBeside(Path outbox) {
    return learned.orElseGet(
        () -> outbox.resolveSibling(outbox.getFileName().toString() + ".learned.json"));
  }
}
