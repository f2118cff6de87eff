package dev.brink.serving;

import dev.brink.model.ModelSettings;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What the values of a model's outputs stand for: a line of a file in its folder for each. */
final class Labels {

  private static final String FILE = "labels.txt";
  private static final long MAX_BYTES = 16 << 20;

  private final Map<String, List<String>> byOutput;
  private final List<String> others;

  private Labels(Map<String, List<String>> byOutput, List<String> others) {
    this.byOutput = byOutput;
    this.others = others;
  }

  /**
   * Reads the files that {@code settings} name, and {@code labels.txt} where there is one.
   *
   * @param model the model's file, in the folder of its version
   */
  static Labels of(Path model, ModelSettings settings) throws ModelLoadException {
    Path version = model.toAbsolutePath().getParent();
    boolean bare = !model.endsWith("model.onnx");
    Path folder = bare ? version : version.getParent();
    Map<String, List<String>> byOutput = new HashMap<>();
    for (Map.Entry<String, String> entry : settings.labels().entrySet()) {
      byOutput.put(entry.getKey(), read(folder, entry.getValue()));
    }
    boolean others = !bare && Files.isRegularFile(folder.resolve(FILE));
    return new Labels(byOutput, others ? read(folder, FILE) : List.of());
  }

  private static List<String> read(Path folder, String name) throws ModelLoadException {
    if (name.contains("/") || name.contains("\\") || name.startsWith(".")) {
      throw new ModelLoadException(
          "labels: %s (expected: the name of a file beside model.yaml)".formatted(name));
    }
    Path file = folder.resolve(name);
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new ModelLoadException("labels: %s is larger than 16 MiB".formatted(name));
      }
      return List.copyOf(Files.readAllLines(file));
    } catch (CharacterCodingException notText) {
      throw new ModelLoadException("labels: %s is not UTF-8".formatted(name), notText);
    } catch (IOException unreadable) {
      throw new ModelLoadException("labels: %s cannot be read".formatted(name), unreadable);
    }
  }

  List<String> of(String output) {
    return byOutput.getOrDefault(output, others);
  }
}
