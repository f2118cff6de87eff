package dev.brink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.config.NodeSchema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

class ConfigurationPageTest {

  private static final Path PAGE = Path.of("../docs/configuration.md");

  @Test
  void everyKeyIsDocumentedAsItIs() throws Exception {
    GeneratedPart.check(PAGE, ConfigurationPage.of(ServiceLoader.load(NodeSchema.class)));
  }

  @Test
  void everyKeyHasAMeaning() throws Exception {
    assertThat(Files.readAllLines(PAGE))
        .filteredOn(line -> line.startsWith("| `"))
        .isNotEmpty()
        .noneMatch(line -> line.endsWith("|  |"));
  }
}
