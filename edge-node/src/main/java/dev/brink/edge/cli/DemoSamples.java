package dev.brink.edge.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A dozen requests of all kinds, out of the sentences that the models were measured with. */
final class DemoSamples {

  private static final String OUT_OF_SCOPE = "oos";
  private static final double SURELY_CONFIDENT = 0.97;
  private static final double SURELY_HARD = 0.5;

  private final List<JsonObject> sentences;

  private DemoSamples(List<JsonObject> sentences) {
    this.sentences = sentences;
  }

  /**
   * @param home the folder of the repository
   * @param onlyInCloud name of a model that the edge does not hold
   */
  static List<DemoSample> read(Path home, String onlyInCloud) {
    try {
      List<JsonObject> sentences =
          Files.readAllLines(home.resolve("models/samples/intent.jsonl")).stream()
              .map(JsonObject::new)
              .toList();
      return new DemoSamples(sentences).dozen(onlyInCloud);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private List<DemoSample> dozen(String onlyInCloud) {
    List<JsonObject> confident = some(4, this::isConfident);
    List<JsonObject> hard = some(3, this::isHard);
    List<JsonObject> unknown = some(2, this::isUnknown);
    List<DemoSample> samples = new ArrayList<>();
    confident.subList(0, 3).forEach(it -> samples.add(text(it, "edge", "edge", "confident")));
    hard.subList(0, 2).forEach(it -> samples.add(text(it, "cloud", "cloud", "hard")));
    unknown.forEach(it -> samples.add(text(it, "cloud", "cloud", "unknown")));
    samples.add(forced(hard.get(2), "edge"));
    samples.add(forced(confident.get(3), "cloud"));
    samples.add(
        DemoSample.answered(
            quoted(confident.get(0)),
            onlyInCloud,
            body(confident.get(0)),
            "cloud",
            "unknown-model"));
    samples.add(
        DemoSample.refused(quoted(confident.get(0)), "no-such-model", body(confident.get(0)), 404));
    samples.add(DemoSample.refused("two texts, shape [1,1]", "intent", wrongShape(), 400));
    return samples;
  }

  private List<JsonObject> some(int count, Predicate<JsonObject> kind) {
    List<JsonObject> found = sentences.stream().filter(kind).limit(count).toList();
    if (found.size() < count) {
      throw CommandFailure.failed("models/samples/intent.jsonl has too few sentences of a kind");
    }
    return found;
  }

  private boolean isConfident(JsonObject sentence) {
    return !isUnknown(sentence) && edgeConfidence(sentence) > SURELY_CONFIDENT;
  }

  private boolean isHard(JsonObject sentence) {
    return !isUnknown(sentence) && edgeConfidence(sentence) < SURELY_HARD;
  }

  private boolean isUnknown(JsonObject sentence) {
    return sentence.getJsonObject("edge").getString("label").equals(OUT_OF_SCOPE);
  }

  private static double edgeConfidence(JsonObject sentence) {
    return sentence.getJsonObject("edge").getDouble("max_probability");
  }

  /**
   * @param answerer whose answer is expected, {@code edge} or {@code cloud}
   */
  private static DemoSample text(
      JsonObject sentence, String answerer, String route, String reason) {
    return DemoSample.answered(quoted(sentence), "intent", body(sentence), route, reason)
        .expecting(sentence.getJsonObject(answerer).getString("label"));
  }

  private static DemoSample forced(JsonObject sentence, String route) {
    JsonObject body = Requests.routed(body(sentence), route);
    return DemoSample.answered(
            quoted(sentence) + ", " + route + " wanted", "intent", body, route, "forced")
        .expecting(sentence.getJsonObject(route).getString("label"));
  }

  private static JsonObject body(JsonObject sentence) {
    return Requests.text("text", sentence.getString("text"));
  }

  private static JsonObject wrongShape() {
    return Requests.of("text", "BYTES", JsonArray.of(1, 1), JsonArray.of("one", "two"));
  }

  private static String quoted(JsonObject sentence) {
    return '"' + sentence.getString("text") + '"';
  }
}
