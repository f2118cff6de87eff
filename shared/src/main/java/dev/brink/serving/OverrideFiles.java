package dev.brink.serving;

import dev.brink.inference.InferenceError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Version folders that came with a load command instead of standing in the repository. */
final class OverrideFiles {

  private static final Pattern KEY = Pattern.compile("[1-9][0-9]{0,17}/[^/\\\\\\x00]+");

  private OverrideFiles() {}

  /**
   * Writes {@code files}, by {@code <version>/<name>}, into {@code folder}.
   *
   * @throws dev.brink.inference.InferenceException (invalid request) where a name leads elsewhere
   */
  static ModelFolder write(Path folder, String name, Map<String, byte[]> files) throws IOException {
    for (String key : files.keySet()) {
      if (!KEY.matcher(key).matches() || key.endsWith("/..") || key.endsWith("/.")) {
        throw InferenceError.invalid(
            "failed to load '%s', file:%s (expected: file:<version>/<name>)".formatted(name, key));
      }
    }
    Path model = folder.resolve("model");
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path target = model.resolve(file.getKey());
      Files.createDirectories(target.getParent());
      Files.write(target, file.getValue());
    }
    return ModelFolder.read(name, model);
  }

  static void delete(Path folder) throws IOException {
    List<Path> entries;
    try (Stream<Path> walk = Files.walk(folder)) {
      entries = walk.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path entry : entries) {
      Files.delete(entry);
    }
  }
}
