package dev.brink.edge.outbox.store;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Where a job stands. */
public enum JobState {
  /** Accepted, waiting to be sent. */
  QUEUED,
  /** Sent, its answer not yet kept. */
  RUNNING,
  /** Its answer is kept. */
  DONE,
  /** Given up; the error is kept, and the request too, so that it may be tried again. */
  FAILED,
  /** Not done within its time. */
  EXPIRED,
  /** Withdrawn by its owner. */
  CANCELLED;

  /** The states this one may turn into. */
  public Set<JobState> next() {
    return switch (this) {
      case QUEUED -> EnumSet.of(RUNNING, EXPIRED, CANCELLED);
      case RUNNING -> EnumSet.of(DONE, FAILED, QUEUED, CANCELLED);
      case FAILED -> EnumSet.of(QUEUED);
      case DONE, EXPIRED, CANCELLED -> EnumSet.noneOf(JobState.class);
    };
  }

  public boolean isPending() {
    return this == QUEUED || this == RUNNING;
  }

  /** The word on the wire and in the file: {@code queued}. */
  public String wireName() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The state of that name; empty for any other text or none. */
  public static Optional<JobState> of(String wireName) {
    for (JobState state : values()) {
      if (state.wireName().equals(wireName)) {
        return Optional.of(state);
      }
    }
    return Optional.empty();
  }
}
