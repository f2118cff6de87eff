package dev.brink.inference;

import java.util.Locale;

/** Where an answer was computed. */
public enum Route {
  EDGE,
  CLOUD,
  CACHE;

  private final String wireName = name().toLowerCase(Locale.ROOT);

  /** The word on the wire: {@code edge}. */
  public String wireName() {
    return wireName;
  }
}
