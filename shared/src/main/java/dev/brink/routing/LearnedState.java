package dev.brink.routing;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.brink.model.Signal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What was learned of one objective, as it is kept over a restart. */
record LearnedState(String model, String tenant, Signal signal, AgreementEstimator estimator) {

  private static final JsonMapper JSON = new JsonMapper();
  private static final int MOST_BINS = 1000;

  static ObjectNode write(
      String model, String tenant, Signal signal, AgreementEstimator estimator) {
    estimator.normalize();
    ObjectNode node = JSON.createObjectNode();
    node.put("model", model).put("tenant", tenant).put("signal", signal.name());
    write(node.putObject("known"), estimator.known());
    write(node.putObject("unknown"), estimator.unknown());
    return node;
  }

  static String write(List<ObjectNode> all) {
    ObjectNode root = JSON.createObjectNode().put("format", 1);
    root.putArray("objectives").addAll(all);
    return root.toString();
  }

  /**
   * @throws IllegalArgumentException naming what is damaged
   */
  static List<LearnedState> read(String json, AgreementEstimator.Settings settings) {
    List<LearnedState> all = new ArrayList<>();
    for (JsonNode node : tree(json).path("objectives")) {
      AgreementEstimator estimator =
          AgreementEstimator.from(bins(node, "known"), bins(node, "unknown"), settings);
      all.add(
          new LearnedState(
              node.path("model").asText(),
              node.path("tenant").asText(),
              Signal.valueOf(node.path("signal").asText()),
              estimator));
    }
    return all;
  }

  private static JsonNode tree(String json) {
    try {
      JsonNode root = JSON.readTree(json);
      if (root.path("format").asInt() != 1) {
        throw new IllegalArgumentException(
            "format: " + root.path("format").asText() + " (expected: 1)");
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
    return new ScoreBins(
        new ScoreBins.Edges(edges),
        new ScoreBins.Counts(numbers(node.path(name), "seen", count)),
        new ScoreBins.Counts(numbers(node.path(name), "compared", count)),
        new ScoreBins.Counts(numbers(node.path(name), "disagreed", count)));
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
