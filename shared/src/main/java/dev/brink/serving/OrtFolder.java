package dev.brink.serving;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
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
    return without(Path.of(System.getProperty("java.io.tmpdir")), load);
  }

  /** Of several new ones nobody knows whose they are: another process may be about to use it. */
  static <T> T without(Path temporary, Supplier<T> load) {
    Set<Path> before = folders(temporary);
    T loaded = load.get();
    Set<Path> made = folders(temporary);
    made.removeAll(before);
    if (made.size() == 1) {
      deleteIfEmpty(made.iterator().next());
    }
    return loaded;
  }

  /** Empty where the folder cannot be read. */
  private static Set<Path> folders(Path temporary) {
    Set<Path> found = new HashSet<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(temporary, NAMES)) {
      folders.forEach(found::add);
      return found;
    } catch (IOException | DirectoryIteratorException unreadable) {
      return new HashSet<>();
    }
  }

  private static void deleteIfEmpty(Path folder) {
    try {
      Files.deleteIfExists(folder);
    } catch (IOException inUse) {
      // Something was unpacked to it, or it is another's.
    }
  }
}
