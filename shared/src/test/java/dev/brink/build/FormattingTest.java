package dev.brink.build;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.googlejavaformat.java.Formatter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every source file of every module stands as google-java-format writes it. A test and no build
 * plugin, because the formatter needs the JDK 21+ that the toolchain selects while Maven itself may
 * run on an older one. With {@code -Dbrink.format=apply} it writes the files instead of
 * complaining.
 */
class FormattingTest {

  private static final boolean APPLY = "apply".equals(System.getProperty("brink.format"));

  @Test
  void everySourceFileIsFormatted() throws Exception {
    List<Path> unformatted = new ArrayList<>();
    for (Path file : sources()) {
      String source = Files.readString(file);
      String formatted = new Formatter().formatSourceAndFixImports(source);
      if (!formatted.equals(source)) {
        unformatted.add(file);
        if (APPLY) {
          Files.writeString(file, formatted);
        }
      }
    }
    if (!APPLY) {
      assertThat(unformatted).as("run .ci/format").isEmpty();
    }
  }

  private static List<Path> sources() throws IOException {
    List<Path> files = new ArrayList<>();
    for (String module : List.of("shared", "edge-node", "cloud-node")) {
      Path root = Path.of("..", module, "src");
      if (!Files.isDirectory(root)) {
        continue;
      }
      try (Stream<Path> walk = Files.walk(root)) {
        walk.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
      }
    }
    return files;
  }
}
