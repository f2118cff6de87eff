package dev.brink.edge.outbox;

import dev.brink.edge.outbox.store.Job;
import dev.brink.inference.InferenceError;
import java.time.Duration;

/** What becomes of a job whose attempt went wrong. */
sealed interface Verdict {

  /** Sending it again would end the same. */
  record GiveUp() implements Verdict {}

  /**
   * It is sent again later.
   *
   * @param fault whether somebody's mistake is behind it, which is tried only a few times
   * @param retryAfter what the cloud asked for; zero for nothing
   */
  record Again(boolean fault, Duration retryAfter) implements Verdict {}

  static Verdict of(InferenceError error, Job job, DrainSettings settings) {
    Verdict verdict =
        switch (error) {
          case InferenceError.InvalidRequest e -> new GiveUp();
          case InferenceError.UnknownModel e -> new GiveUp();
          case InferenceError.NotFound e -> new GiveUp();
          case InferenceError.Conflict e -> new GiveUp();
          case InferenceError.TooLarge e -> new GiveUp();
          case InferenceError.Unsupported e -> new GiveUp();
          case InferenceError.Overloaded overloaded -> new Again(false, overloaded.retryAfter());
          case InferenceError.Unavailable unavailable -> new Again(false, unavailable.retryAfter());
          case InferenceError.DeadlineExceeded e -> new Again(false, Duration.ZERO);
          case InferenceError.Cancelled e -> new Again(false, Duration.ZERO);
          case InferenceError.StorageFull e -> new Again(false, Duration.ZERO);
          // The site's own standing, not the caller's: an operator can mend it meanwhile.
          case InferenceError.Forbidden e -> new Again(false, Duration.ZERO);
          case InferenceError.Unauthenticated e -> new Again(false, Duration.ZERO);
          case InferenceError.Internal e -> new Again(true, Duration.ZERO);
        };
    return isSpent(verdict, job, settings) ? new GiveUp() : verdict;
  }

  private static boolean isSpent(Verdict verdict, Job job, DrainSettings settings) {
    return job.attempts() >= settings.maxAttempts()
        || verdict instanceof Again again
            && again.fault()
            && job.faults() + 1 >= settings.maxFaults();
  }
}
