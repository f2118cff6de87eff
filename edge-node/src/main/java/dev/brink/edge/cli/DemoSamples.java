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

/** A dozen requests of all kinds, out of the inputs that the models were tried with. */
final class DemoSamples {

  private static final double SURELY_CONFIDENT = 0.97;
  private static final double SURELY_HARD = 0.5;
  private static final double SURELY_HARD_TO_SEE = 0.65;

  private final Path folder;
  private final List<JsonObject> sentences;
  private final List<JsonObject> pictures;

  private DemoSamples(Path folder) throws IOException {
    this.folder = folder;
    this.sentences = lines("intent.jsonl");
    this.pictures = lines("surface.jsonl");
  }

  /**
   * @param home the folder of the repository
   * @param onlyInCloud name of a model that the edge does not hold
   */
  static List<DemoSample> read(Path home, String onlyInCloud) {
    try {
      return new DemoSamples(home.resolve("models/samples")).dozen(onlyInCloud);
    } catch (IOException unreadable) {
      throw CommandFailure.failed("cannot read the samples: " + unreadable.getMessage());
    }
  }

  private List<JsonObject> lines(String file) throws IOException {
    return Files.readAllLines(folder.resolve(file)).stream().map(JsonObject::new).toList();
  }

  private List<DemoSample> dozen(String onlyInCloud) {
    List<JsonObject> confident = some(3, sentences, DemoSamples::isConfident);
    List<JsonObject> hard = some(3, sentences, it -> isHard(it, SURELY_HARD));
    JsonObject unknown = some(1, sentences, DemoSamples::isUnknown).getFirst();
    JsonObject plain = some(1, pictures, DemoSamples::isConfident).getFirst();
    JsonObject faint = some(1, pictures, it -> isHard(it, SURELY_HARD_TO_SEE)).getFirst();
    JsonObject known = body(confident.getFirst());
    List<DemoSample> samples = new ArrayList<>();
    samples.add(answered(confident.get(0), "edge", "confident"));
    samples.add(answered(confident.get(1), "edge", "confident"));
    samples.add(answered(hard.get(0), "cloud", "hard"));
    samples.add(answered(hard.get(1), "cloud", "hard"));
    samples.add(answered(unknown, "cloud", "unknown"));
    samples.add(answered(plain, "edge", "confident"));
    samples.add(answered(faint, "cloud", "hard"));
    samples.add(forced(hard.get(2), "edge"));
    samples.add(forced(confident.get(2), "cloud"));
    samples.add(
        DemoSample.answered(
            shown(confident.getFirst()), onlyInCloud, known, "cloud", "unknown-model"));
    samples.add(DemoSample.refused(shown(confident.getFirst()), "no-such-model", known, 404));
    samples.add(DemoSample.refused("two texts, shape [1,1]", "intent", wrongShape(), 400));
    return samples;
  }

  private static List<JsonObject> some(
      int count, List<JsonObject> inputs, Predicate<JsonObject> kind) {
    List<JsonObject> found = inputs.stream().filter(kind).limit(count).toList();
    if (found.size() < count) {
      throw CommandFailure.failed("models/samples has too few inputs of a kind");
    }
    return found;
  }

  private static boolean isConfident(JsonObject input) {
    return !isUnknown(input) && edgeConfidence(input) > SURELY_CONFIDENT;
  }

  private static boolean isHard(JsonObject input, double surely) {
    return !isUnknown(input) && edgeConfidence(input) < surely;
  }

  private static boolean isUnknown(JsonObject input) {
    String label = input.getJsonObject("edge").getString("label");
    return label.equals("oos") || label.equals("unknown");
  }

  private static double edgeConfidence(JsonObject input) {
    return input.getJsonObject("edge").getDouble("max_probability");
  }

  private DemoSample answered(JsonObject input, String route, String reason) {
    return DemoSample.answered(shown(input), model(input), body(input), route, reason)
        .expecting(input.getJsonObject(route).getString("label"));
  }

  private DemoSample forced(JsonObject input, String route) {
    JsonObject body = Requests.routed(body(input), route);
    return DemoSample.answered(
            shown(input) + ", " + route + " wanted", model(input), body, route, "forced")
        .expecting(input.getJsonObject(route).getString("label"));
  }

  private static String model(JsonObject input) {
    return input.containsKey("text") ? "intent" : "surface";
  }

  private static String shown(JsonObject input) {
    return input.containsKey("text")
        ? '"' + input.getString("text") + '"'
        : "picture " + input.getString("file");
  }

  private JsonObject body(JsonObject input) {
    return input.containsKey("text")
        ? Requests.text("text", input.getString("text"))
        : Requests.of("image", "UINT8", JsonArray.of(1, 48, 48, 1), pixels(input));
  }

  private JsonArray pixels(JsonObject input) {
    try {
      JsonArray pixels = new JsonArray();
      for (byte pixel : Files.readAllBytes(folder.resolve(input.getString("file")))) {
        pixels.add(Byte.toUnsignedInt(pixel));
      }
      return pixels;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static JsonObject wrongShape() {
    return Requests.of("text", "BYTES", JsonArray.of(1, 1), JsonArray.of("one", "two"));
  }
}
