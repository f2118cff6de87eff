package dev.brink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ArchitecturePageTest {

  private static final Path PAGE = Path.of("../docs/architecture.md");

  @Test
  void theMapIsTheOneThatWasBuilt() throws Exception {
    GeneratedPart.check(PAGE, ArchitecturePage.table());
  }

  @Test
  void everyPackageWithCodeSaysWhatItIsFor() throws Exception {
    String page = Files.readString(PAGE);

    assertThat(packagesWithCode()).allMatch(name -> page.contains("| `" + name + "` |"));
  }

  private static Set<String> packagesWithCode() throws IOException {
    Set<String> packages = new TreeSet<>();
    for (String module : List.of("shared", "edge-node", "cloud-node")) {
      Path sources = Path.of("..", module, "src/main/java/dev/brink");
      try (Stream<Path> files = Files.walk(sources)) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.endsWith("package-info.java"))
            .forEach(
                file ->
                    packages.add(
                        sources.relativize(file.getParent()).toString().replace('/', '.')));
      }
    }
    return packages;
  }
}
