package dev.brink.routing;

import java.util.Locale;

/** State of the uplink, driven by end-to-end outcomes and probes. */
public enum LinkState {
  ONLINE,
  /** Some of what is sent fails or is late; still worth trying. */
  DEGRADED,
  /** Known to be gone: nobody waits for it. */
  OFFLINE,
  /** Known to be gone a moment ago; only probes go out. */
  PROBING;

  /** Whether requests may be sent. */
  public boolean isUsable() {
    return this == ONLINE || this == DEGRADED;
  }

  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }
}
