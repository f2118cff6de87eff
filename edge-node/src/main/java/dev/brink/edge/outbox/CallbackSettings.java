package dev.brink.edge.outbox;

import dev.brink.config.Default;
import dev.brink.config.Range;
import dev.brink.config.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where outcomes of jobs may be sent. Without an allowed host no callback is taken.
 *
 * @param allow hosts, each {@code name} or {@code name:port}; a name alone stands for ports 80 and
 *     443
 * @param secret the key of the signature; must be given where a host is allowed
 * @param timeout of one attempt
 * @param maxAttempts after so many the outcome is only to be fetched
 */
public record CallbackSettings(
    @Default("") List<String> allow,
    Optional<Secret> secret,
    @Default("10s") @Range(min = 1) Duration timeout,
    @Default("10") @Range(min = 1, max = 100) int maxAttempts) {

  public CallbackSettings {
    allow = List.copyOf(allow);
    if (!allow.isEmpty() && secret.isEmpty()) {
      throw new IllegalArgumentException(
          "secret: missing (expected: a secret, because allow names hosts)");
    }
  }

  static CallbackSettings none() {
    return new CallbackSettings(List.of(), Optional.empty(), Duration.ofSeconds(10), 10);
  }
}
