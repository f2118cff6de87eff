package dev.brink.oip.wire;

import dev.brink.inference.LoadReport;
import java.util.Optional;

/** A load report as the value of the header or metadata entry {@link #NAME}. */
public final class WireLoad {

  public static final String NAME = "brink-load";

  private static final int FIELDS = 6;

  private WireLoad() {}

  public static String format(LoadReport load) {
    return load.inFlight()
        + ","
        + load.queued()
        + ","
        + (float) load.utilisation()
        + ","
        + load.serviceNanos()
        + ","
        + load.creditRequests()
        + ","
        + load.creditBytes();
  }

  /** The report in {@code text}; empty where there is none, as from a server that is no Brink. */
  public static Optional<LoadReport> parse(String text) {
    String[] fields = text == null ? new String[0] : text.split(",");
    if (fields.length != FIELDS) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new LoadReport(
              Integer.parseInt(fields[0]),
              Integer.parseInt(fields[1]),
              Double.parseDouble(fields[2]),
              Long.parseLong(fields[3]),
              Integer.parseInt(fields[4]),
              Long.parseLong(fields[5])));
    } catch (NumberFormatException malformed) {
      return Optional.empty();
    }
  }
}
