package dev.brink.edge.outbox.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A wall clock that is set by hand. */
public final class ManualWall implements InstantSource {

  private volatile Instant now = Instant.parse("2026-11-20T12:00:00Z");

  @Override
  public Instant instant() {
    return now;
  }

  public void advance(Duration by) {
    now = now.plus(by);
  }
}
