package dev.brink.inference;

import java.util.Locale;

/** Why an answer came from where it came. */
public enum Reason {
  /** The edge's answer was confident enough. */
  CONFIDENT,
  /** The edge's answer was not confident enough. */
  HARD,
  /** The edge's answer was one of its own words for "I don't know". */
  UNKNOWN,
  /** The edge does not hold the model. */
  UNKNOWN_MODEL,
  /** The edge could not have answered in time. */
  OVERLOAD,
  /** The cloud could not have answered in time. */
  DEADLINE,
  /** The escalation was not worth its price under the budget or the cloud's load. */
  BUDGET,
  /** The cloud could not be reached or did not answer. */
  OFFLINE,
  /** The caller named the route. */
  FORCED,
  /** The model has no cascade: this node is the one that answers. */
  LOCAL;

  private final String wireName = name().toLowerCase(Locale.ROOT).replace('_', '-');

  /** The word on the wire: {@code unknown-model}. */
  public String wireName() {
    return wireName;
  }
}
