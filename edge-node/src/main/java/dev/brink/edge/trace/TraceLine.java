package dev.brink.edge.trace;

import java.util.Locale;
import java.util.Optional;

/**
 * One request that a cascade judged.
 *
 * @param arrivedMicros since 1970, by this node's clock
 * @param confidence of the edge's answer, 0 to 1; NaN where it had none
 * @param unknown whether the edge said "I don't know"
 * @param label the edge's answer
 * @param reason why it was kept or escalated, as answers say it
 * @param agree whether the cloud said the same; empty where it did not answer
 * @param leftMicros from arrival to the deadline
 * @param edgeMicros queue and run at the edge
 * @param uplinkMicros on the way there and back; 0 where the cloud did not answer
 * @param cloudMicros queue and run in the cloud; 0 where it did not answer
 */
public record TraceLine(
    long arrivedMicros,
    String model,
    double confidence,
    boolean unknown,
    String label,
    String reason,
    Optional<Boolean> agree,
    long leftMicros,
    long edgeMicros,
    long uplinkMicros,
    long cloudMicros) {

  public static final String HEADER =
      "arrived_us,model,confidence,unknown,label,reason,agree,left_us,edge_us,uplink_us,cloud_us";

  private static final int COLUMNS = 11;
  private static final int MOST_LETTERS = 100;

  String written() {
    return String.format(
        Locale.ROOT,
        "%d,%s,%.6f,%d,%s,%s,%s,%d,%d,%d,%d%n",
        arrivedMicros,
        plain(model),
        confidence,
        unknown ? 1 : 0,
        plain(label),
        reason,
        agree.map(same -> same ? "1" : "0").orElse(""),
        leftMicros,
        edgeMicros,
        uplinkMicros,
        cloudMicros);
  }

  /**
   * @throws IllegalArgumentException naming the line that is not one
   */
  public static TraceLine parse(String line) {
    String[] field = line.split(",", -1);
    try {
      if (field.length == COLUMNS) {
        return new TraceLine(
            Long.parseLong(field[0]),
            field[1],
            Double.parseDouble(field[2]),
            field[3].equals("1"),
            field[4],
            field[5],
            field[6].isEmpty() ? Optional.empty() : Optional.of(field[6].equals("1")),
            Long.parseLong(field[7]),
            Long.parseLong(field[8]),
            Long.parseLong(field[9]),
            Long.parseLong(field[10]));
      }
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException("no trace: " + line, notANumber);
    }
    throw new IllegalArgumentException("no trace: " + line);
  }

  /** Names are the model's own: what would break a line of them is replaced. */
  private static String plain(String name) {
    String kept = name.length() > MOST_LETTERS ? name.substring(0, MOST_LETTERS) : name;
    return kept.replaceAll("[\\p{Cntrl},]", "_");
  }
}
