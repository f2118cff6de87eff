package dev.brink.e2e;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Model repositories put together from the models that ship. */
final class Models {

  private static final Path SHIPPED = Path.of("..", "models").toAbsolutePath().normalize();

  private Models() {}

  /** Copies the model {@code tier/name} into {@code repository} as {@code as}. */
  static void add(Path repository, String tier, String name, String as) throws IOException {
    Path from = SHIPPED.resolve(tier).resolve(name);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path to = repository.resolve(as).resolve(from.relativize(file).toString());
        Files.createDirectories(to.getParent());
        Files.copy(file, to);
      }
    }
  }
}
