package dev.brink.oip.grpc;

import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** The header {@code grpc-timeout}: up to eight digits and a unit. */
final class CallTimeout {

  private static final int MOST_DIGITS = 8;

  private CallTimeout() {}

  /** The earlier of what the header says and {@code limit}; the limit where it says nothing. */
  static Duration within(String header, Duration limit) {
    if (header == null || !isWellFormed(header)) {
      return limit;
    }
    long amount = Long.parseLong(header.substring(0, header.length() - 1));
    Duration timeout = Duration.of(amount, unit(header.charAt(header.length() - 1)));
    return timeout.compareTo(limit) < 0 ? timeout : limit;
  }

  private static boolean isWellFormed(String header) {
    int digits = header.length() - 1;
    if (digits < 1 || digits > MOST_DIGITS || "HMSmun".indexOf(header.charAt(digits)) < 0) {
      return false;
    }
    for (int i = 0; i < digits; i++) {
      if (header.charAt(i) < '0' || header.charAt(i) > '9') {
        return false;
      }
    }
    return true;
  }

  private static ChronoUnit unit(char unit) {
    return switch (unit) {
      case 'H' -> ChronoUnit.HOURS;
      case 'M' -> ChronoUnit.MINUTES;
      case 'S' -> ChronoUnit.SECONDS;
      case 'm' -> ChronoUnit.MILLIS;
      case 'u' -> ChronoUnit.MICROS;
      default -> ChronoUnit.NANOS;
    };
  }
}
