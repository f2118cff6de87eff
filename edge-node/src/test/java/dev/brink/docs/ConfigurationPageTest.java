package dev.brink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.config.NodeSchema;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** With {@code -Dbrink.docs=apply} it writes the tables instead of complaining. */
class ConfigurationPageTest {

  private static final Path PAGE = Path.of("../docs/configuration.md");
  private static final String MARK = "<!-- from here on written by .ci/docs -->\n";

  @Test
  void everyKeyIsDocumentedAsItIs() throws Exception {
    String page = Files.readString(PAGE);
    String head = page.substring(0, page.indexOf(MARK) + MARK.length());
    String right = head + ConfigurationPage.of(ServiceLoader.load(NodeSchema.class));

    if ("apply".equals(System.getProperty("brink.docs"))) {
      Files.writeString(PAGE, right);
    } else {
      assertThat(page).as("run .ci/docs").isEqualTo(right);
    }
  }

  @Test
  void everyKeyHasAMeaning() throws Exception {
    assertThat(Files.readAllLines(PAGE))
        .filteredOn(line -> line.startsWith("| `"))
        .isNotEmpty()
        .noneMatch(line -> line.endsWith("|  |"));
  }
}
