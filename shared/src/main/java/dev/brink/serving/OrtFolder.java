package dev.brink.serving;

import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The temporary folder that ONNX Runtime's Java binding makes when it is loaded, even where there
 * is nothing to unpack, and leaves behind wherever the JVM does not end in good order.
 */
final class OrtFolder {

  private static final String NAMES = "onnxruntime-java*";

  private OrtFolder() {}

  /** What {@code load} gives; the folder that it made is gone again, if it is empty. */
  static <T> T without(Supplier<T> load) {
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    try {
      Set<Path> before = folders(temporary);
      T loaded = load.get();
      for (Path made : folders(temporary)) {
        if (!before.contains(made)) {
          deleteIfEmpty(made);
        }
      }
      return loaded;
    } catch (IOException unreadable) {
      return load.get();
    }
  }

  private static Set<Path> folders(Path temporary) throws IOException {
    Set<Path> found = new HashSet<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(temporary, NAMES)) {
      folders.forEach(found::add);
    }
    return found;
  }

  private static void deleteIfEmpty(Path folder) throws IOException {
    try {
      Files.deleteIfExists(folder);
    } catch (DirectoryNotEmptyException inUse) {
      // Another's, or one that something was unpacked to.
    }
  }
}
