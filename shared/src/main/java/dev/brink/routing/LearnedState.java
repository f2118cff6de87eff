package dev.brink.routing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brink.model.Signal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What was learned of one objective, as it is kept over a restart; immutable.
 *
 * @param written as the file has it
 */
record LearnedState(
    String model, String tenant, LearningBasis basis, Signal signal, ObjectNode written) {

  static final int MOST_STATES = 4096;
  private static final int FORMAT = 2;
  private static final int MOST_BINS = 1000;
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * @param estimator brought to the unit of now, which changes nothing that it says
   */
  static LearnedState of(
      String model,
      String tenant,
      LearningBasis basis,
      Signal signal,
      AgreementEstimator estimator) {
    estimator.normalize();
    ObjectNode node = JSON.createObjectNode();
    node.put("model", model).put("tenant", tenant).put("signal", signal.name());
    node.put("version", basis.modelVersion()).put("calibration", basis.calibrationDigest());
    write(node.putObject("known"), estimator.known());
    write(node.putObject("unknown"), estimator.unknown());
    return new LearnedState(model, tenant, basis, signal, node);
  }

  /** An estimator that goes on from here. */
  AgreementEstimator estimator(AgreementEstimator.Settings settings) {
    return AgreementEstimator.from(bins(written, "known"), bins(written, "unknown"), settings);
  }

  static String write(List<LearnedState> all) {
    ObjectNode root = JSON.createObjectNode().put("format", FORMAT);
    root.putArray("objectives").addAll(all.stream().map(LearnedState::written).toList());
    return root.toString();
  }

  /**
   * @throws IllegalArgumentException naming what is damaged
   */
  static List<LearnedState> read(String json) {
    JsonNode objectives = tree(json).path("objectives");
    if (!objectives.isArray() || objectives.size() > MOST_STATES) {
      throw new IllegalArgumentException(
          "objectives: %d (expected: a list of at most %d)"
              .formatted(objectives.size(), MOST_STATES));
    }
    List<LearnedState> all = new ArrayList<>();
    for (JsonNode node : objectives) {
      if (!(node instanceof ObjectNode written)) {
        throw new IllegalArgumentException("objectives: " + node + " (expected: an object)");
      }
      all.add(read(written));
    }
    return all;
  }

  private static LearnedState read(ObjectNode node) {
    bins(node, "known");
    bins(node, "unknown");
    return new LearnedState(
        node.path("model").asText(),
        node.path("tenant").asText(),
        new LearningBasis(node.path("version").asText(), node.path("calibration").asText()),
        signal(node.path("signal").asText()),
        node);
  }

  private static Signal signal(String name) {
    return Arrays.stream(Signal.values())
        .filter(signal -> signal.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("signal: '" + name + "' (unknown)"));
  }

  private static JsonNode tree(String json) {
    try {
      JsonNode root = JSON.readTree(json);
      if (root.path("format").asInt() != FORMAT) {
        throw new IllegalArgumentException(
            "format: " + root.path("format").asText() + " (expected: " + FORMAT + ")");
      }
      return root;
    } catch (JsonProcessingException malformed) {
      throw new IllegalArgumentException("no JSON: " + malformed.getOriginalMessage(), malformed);
    }
  }

  private static void write(ObjectNode node, ScoreBins bins) {
    node.set("edges", JSON.valueToTree(bins.edges().toArray()));
    node.set("seen", JSON.valueToTree(bins.seen().toArray()));
    node.set("compared", JSON.valueToTree(bins.compared().toArray()));
    node.set("disagreed", JSON.valueToTree(bins.disagreed().toArray()));
  }

  private static ScoreBins bins(JsonNode node, String name) {
    double[] edges = numbers(node.path(name), "edges", -1);
    for (int i = 0; i < edges.length; i++) {
      if (!(edges[i] > (i == 0 ? 0 : edges[i - 1]) && edges[i] < 1)) {
        throw new IllegalArgumentException(
            name + ".edges: " + Arrays.toString(edges) + " (expected: ascending from 0 to 1)");
      }
    }
    int count = edges.length + 1;
    double[] seen = numbers(node.path(name), "seen", count);
    double[] compared = numbers(node.path(name), "compared", count);
    double[] disagreed = numbers(node.path(name), "disagreed", count);
    for (int i = 0; i < count; i++) {
      if (disagreed[i] > compared[i]) {
        throw new IllegalArgumentException(
            "%s.disagreed: %s (expected: <= %s)".formatted(name, disagreed[i], compared[i]));
      }
    }
    return new ScoreBins(
        new ScoreBins.Edges(edges),
        new ScoreBins.Counts(seen),
        new ScoreBins.Counts(compared),
        new ScoreBins.Counts(disagreed));
  }

  private static double[] numbers(JsonNode parent, String name, int expected) {
    JsonNode array = parent.path(name);
    boolean fits = expected < 0 ? array.size() < MOST_BINS : array.size() == expected;
    if (!array.isArray() || !fits) {
      throw new IllegalArgumentException(name + ": " + array.size() + " values (damaged)");
    }
    double[] values = new double[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).asDouble(Double.NaN);
      if (!(values[i] >= 0) || Double.isInfinite(values[i])) {
        throw new IllegalArgumentException(name + ": " + array.get(i) + " (expected: >= 0)");
      }
    }
    return values;
  }
}
