package dev.brink.edge.bench;

import dev.brink.edge.cli.CommandFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A question whose right answer is known.
 *
 * @param input the request's only input
 * @param outOfScope whether the right answer is that there is none
 */
record Labelled(JsonObject input, String label, boolean outOfScope) {

  private static final int SIDE = 48;

  /** The test split of CLINC150's {@code data_oos_plus.json}: 4,500 in scope, 1,000 out of it. */
  static List<Labelled> intents(Path folder) {
    JsonObject splits = new JsonObject(read(folder.resolve("data_oos_plus.json")));
    List<Labelled> questions = new ArrayList<>();
    for (String split : List.of("test", "oos_test")) {
      for (Object row : splits.getJsonArray(split)) {
        JsonArray pair = (JsonArray) row;
        questions.add(intent(pair.getString(0), pair.getString(1)));
      }
    }
    return questions;
  }

  /** The sentences that are shipped; out of scope is what the cloud model takes for it. */
  static List<Labelled> samples(Path file) {
    return read(file)
        .lines()
        .map(JsonObject::new)
        .map(line -> intent(line.getString("text"), line.getJsonObject("cloud").getString("label")))
        .toList();
  }

  private static Labelled intent(String text, String label) {
    JsonObject input = input("text", "BYTES", JsonArray.of(1, 1), JsonArray.of(text));
    return new Labelled(input, label, label.equals("oos"));
  }

  /**
   * Pictures as {@code models/train/write_pictures} leaves them: {@code pictures.bin}, one after
   * another, and {@code labels.txt}, a line each.
   */
  static List<Labelled> surfaces(Path folder) {
    List<String> labels = read(folder.resolve("labels.txt")).lines().toList();
    byte[] pictures = bytes(folder.resolve("pictures.bin"));
    if (pictures.length != labels.size() * SIDE * SIDE) {
      throw CommandFailure.failed("pictures.bin and labels.txt of " + folder + " do not match");
    }
    List<Labelled> questions = new ArrayList<>();
    ByteBuffer all = ByteBuffer.wrap(pictures);
    for (String label : labels) {
      JsonArray pixels = new JsonArray();
      for (int i = 0; i < SIDE * SIDE; i++) {
        pixels.add(all.get() & 0xff);
      }
      JsonObject input = input("image", "UINT8", JsonArray.of(1, SIDE, SIDE, 1), pixels);
      questions.add(new Labelled(input, label, label.equals("unknown")));
    }
    return questions;
  }

  private static JsonObject input(String name, String datatype, JsonArray shape, JsonArray data) {
    return JsonObject.of("name", name, "datatype", datatype, "shape", shape, "data", data);
  }

  private static String read(Path file) {
    return new String(bytes(file), java.nio.charset.StandardCharsets.UTF_8);
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException missing) {
      throw CommandFailure.failed(
          "cannot read " + file + " (where to get it: models/train/README.md)");
    }
  }
}
