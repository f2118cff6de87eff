package dev.brink.edge.outbox;

import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Names for jobs, unique over all sites because the cloud remembers jobs by them: UUIDs of version
 * 7, whose first part is the time, so that neighbours in time are neighbours in the file's index.
 */
final class JobIds implements Supplier<String> {

  private final InstantSource clock;
  private final SecureRandom random = new SecureRandom();

  JobIds(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String get() {
    long high = (clock.millis() & 0xffff_ffff_ffffL) << 16 | 0x7000 | random.nextInt() & 0xfff;
    long low = random.nextLong() >>> 2 | 1L << 63;
    return new UUID(high, low).toString();
  }
}
