package dev.brink.cloud.once;

import dev.brink.config.Default;
import dev.brink.config.Range;
import java.time.Duration;

/**
 * How long keys are remembered.
 *
 * @param ttl as long as an edge may repeat a job: its maximum age and a day
 * @param grace how much longer than its deadline a run may hold its key
 */
public record OnceSettings(
    @Default("8d") @Range(min = 1000) Duration ttl, @Default("5s") @Range(min = 0) Duration grace) {

  /** What holds where nothing is configured. */
  public static OnceSettings standard() {
    return new OnceSettings(Duration.ofDays(8), Duration.ofSeconds(5));
  }
}
