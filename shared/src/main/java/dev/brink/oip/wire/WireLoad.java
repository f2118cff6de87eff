package dev.brink.oip.wire;

import dev.brink.inference.LoadReport;
import java.util.Optional;

/** A load report as the value of the header or metadata entry {@link #NAME}. */
public final class WireLoad {

  public static final String NAME = "brink-load";

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
    if (text == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(read(new Fields(text)));
    } catch (NumberFormatException malformed) {
      return Optional.empty();
    }
  }

  private static LoadReport read(Fields fields) {
    LoadReport load =
        new LoadReport(
            (int) fields.whole(Integer.MAX_VALUE),
            (int) fields.whole(Integer.MAX_VALUE),
            Double.parseDouble(fields.next()),
            fields.whole(Long.MAX_VALUE),
            (int) fields.whole(Integer.MAX_VALUE),
            fields.whole(Long.MAX_VALUE));
    fields.requireEnd();
    return load;
  }

  /** What stands between the commas, one after the other; read with every answer. */
  private static final class Fields {

    private final String text;
    private int position;

    private Fields(String text) {
      this.text = text;
    }

    private long whole(long most) {
      int start = position;
      long value = Long.parseLong(text, start, end(), 10);
      if (value < 0 || value > most) {
        throw new NumberFormatException("out of range: " + value);
      }
      return value;
    }

    private String next() {
      int start = position;
      return text.substring(start, end());
    }

    private int end() {
      if (position > text.length()) {
        throw new NumberFormatException("too few fields");
      }
      int comma = text.indexOf(',', position);
      int end = comma < 0 ? text.length() : comma;
      position = end + 1;
      return end;
    }

    private void requireEnd() {
      if (position <= text.length()) {
        throw new NumberFormatException("too many fields");
      }
    }
  }
}
