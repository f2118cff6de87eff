package dev.brink.serving;

import dev.brink.inference.InferenceError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the repository holds of one model: {@code <name>/<version>/model.onnx} and {@code
 * <name>/model.yaml}, or a bare {@code <name>.onnx} that counts as version 1.
 *
 * @param yaml the text of {@code model.yaml}; empty where there is none
 * @param versions the files by version
 */
record ModelFolder(String name, Path folder, String yaml, SortedMap<Long, Path> versions) {

  private static final String FILE = "model.onnx";
  private static final String SUFFIX = ".onnx";
  private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,17}");

  /** Names of all models under {@code root}. */
  static Set<String> names(Path root) throws IOException {
    Set<String> names = new TreeSet<>();
    for (Path entry : list(root)) {
      String file = entry.getFileName().toString();
      if (file.startsWith(".")) {
        continue;
      }
      if (Files.isDirectory(entry)) {
        names.add(file);
      } else if (file.endsWith(SUFFIX)) {
        names.add(file.substring(0, file.length() - SUFFIX.length()));
      }
    }
    return names;
  }

  /**
   * The model called {@code name}; empty where there is none.
   *
   * @throws dev.brink.inference.InferenceException (invalid request) where the name would leave the
   *     repository
   */
  static Optional<ModelFolder> find(Path root, String name) throws IOException {
    requireName(name);
    Path folder = root.resolve(name);
    Path bare = root.resolve(name + SUFFIX);
    if (Files.isDirectory(folder)) {
      return Optional.of(read(name, folder));
    }
    if (Files.isRegularFile(bare)) {
      return Optional.of(new ModelFolder(name, root, "", new TreeMap<>(Map.of(1L, bare))));
    }
    return Optional.empty();
  }

  /** What {@code folder} holds. */
  static ModelFolder read(String name, Path folder) throws IOException {
    return new ModelFolder(name, folder, yaml(folder), versionsIn(folder));
  }

  static void requireName(String name) {
    String trimmed = name.strip();
    boolean leaves =
        trimmed.isEmpty()
            || trimmed.equals(".")
            || trimmed.equals("..")
            || name.contains("/")
            || name.contains("\\")
            || name.indexOf('\0') >= 0;
    if (leaves) {
      throw InferenceError.invalid("model name must not contain path traversal characters");
    }
  }

  private static String yaml(Path folder) throws IOException {
    Path file = folder.resolve("model.yaml");
    return Files.isRegularFile(file) ? Files.readString(file) : "";
  }

  private static SortedMap<Long, Path> versionsIn(Path folder) throws IOException {
    SortedMap<Long, Path> versions = new TreeMap<>();
    for (Path entry : list(folder)) {
      String version = entry.getFileName().toString();
      Path file = entry.resolve(FILE);
      if (VERSION.matcher(version).matches() && Files.isRegularFile(file)) {
        versions.put(Long.parseLong(version), file);
      }
    }
    return versions;
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return new ArrayList<>(entries.sorted().toList());
    }
  }
}
