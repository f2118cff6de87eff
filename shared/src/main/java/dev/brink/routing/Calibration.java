package dev.brink.routing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.brink.model.Signal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Answers of the edge model to questions that the cloud model answered too: where learning starts.
 */
public record Calibration(List<Example> examples) {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int MOST_EXAMPLES = 1_000_000;

  /**
   * @param agree whether both gave the same answer
   * @param unknown whether the edge said "I don't know"
   */
  public record Example(double confidence, boolean agree, boolean unknown) {}

  public Calibration {
    examples = List.copyOf(examples);
  }

  public static Calibration none() {
    return new Calibration(List.of());
  }

  /**
   * Reads {@code {"columns": [...], "examples": [[...], ...]}} with columns {@code agree}, {@code
   * edge_is_unknown} and one named like the signal.
   *
   * @throws IllegalArgumentException naming what is missing
   */
  public static Calibration parse(String json, Signal signal) {
    JsonNode root = read(json);
    int confidence = column(root, signal.name().toLowerCase(Locale.ROOT));
    int agree = column(root, "agree");
    int unknown = column(root, "edge_is_unknown");
    List<Example> examples = new ArrayList<>();
    for (JsonNode row : root.path("examples")) {
      if (examples.size() == MOST_EXAMPLES) {
        throw new IllegalArgumentException(
            "examples: too many (expected: <= " + MOST_EXAMPLES + ")");
      }
      examples.add(
          new Example(number(row, confidence), number(row, agree) != 0, number(row, unknown) != 0));
    }
    return new Calibration(examples);
  }

  private static JsonNode read(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException malformed) {
      throw new IllegalArgumentException("no JSON: " + malformed.getOriginalMessage(), malformed);
    }
  }

  private static int column(JsonNode root, String name) {
    JsonNode columns = root.path("columns");
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).asText().equals(name)) {
        return i;
      }
    }
    throw new IllegalArgumentException("columns: " + name + " is missing");
  }

  private static double number(JsonNode row, int column) {
    JsonNode value = row.path(column);
    if (!value.isNumber()) {
      throw new IllegalArgumentException("examples: " + row + " (expected: numbers)");
    }
    return value.asDouble();
  }
}
