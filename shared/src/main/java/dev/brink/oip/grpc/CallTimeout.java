package dev.brink.oip.grpc;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;

/** The header {@code grpc-timeout}: up to eight digits and a unit. */
final class CallTimeout {

  private static final Pattern FORM = Pattern.compile("[0-9]{1,8}[HMSmun]");

  private CallTimeout() {}

  /** The earlier of what the header says and {@code limit}; the limit where it says nothing. */
  static Duration within(String header, Duration limit) {
    if (header == null || !FORM.matcher(header).matches()) {
      return limit;
    }
    long amount = Long.parseLong(header.substring(0, header.length() - 1));
    Duration timeout = Duration.of(amount, unit(header.charAt(header.length() - 1)));
    return timeout.compareTo(limit) < 0 ? timeout : limit;
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
