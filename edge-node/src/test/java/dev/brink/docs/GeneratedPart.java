package dev.brink.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The part of a page that is written by the build; with {@code -Dbrink.docs=apply} it is. */
final class GeneratedPart {

  private static final String MARK = "<!-- from here on written by .ci/docs -->\n";

  private GeneratedPart() {}

  static void check(Path page, String expected) throws IOException {
    String found = Files.readString(page);
    String right = found.substring(0, found.indexOf(MARK) + MARK.length()) + expected;
    if ("apply".equals(System.getProperty("brink.docs"))) {
      Files.writeString(page, right);
    } else {
      assertThat(found).as("run .ci/docs").isEqualTo(right);
    }
  }
}
