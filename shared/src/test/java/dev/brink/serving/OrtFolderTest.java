package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrtFolderTest {

  @TempDir private Path temporary;

  @Test
  void theEmptyFolderThatLoadingMadeIsGone() {
    Path older = make("onnxruntime-java-older");

    Path own = OrtFolder.without(temporary, () -> make("onnxruntime-java-own"));

    assertThat(own).doesNotExist();
    assertThat(older).exists();
  }

  @Test
  void aFolderThatSomethingWasUnpackedToStays() {
    Path own =
        OrtFolder.without(
            temporary, () -> make("onnxruntime-java-own/libonnxruntime.so").getParent());

    assertThat(own).exists();
  }

  @Test
  void whatAnotherProcessIsAboutToUnpackToStays() {
    Path others =
        OrtFolder.without(
            temporary,
            () -> {
              make("onnxruntime-java-own");
              return make("onnxruntime-java-another");
            });

    assertThat(others).exists();
  }

  @Test
  void whereThereIsNoTemporaryFolderLoadingGoesOn() {
    assertThat(OrtFolder.<String>without(temporary.resolve("none"), () -> "loaded"))
        .isEqualTo("loaded");
  }

  private Path make(String name) {
    try {
      return Files.createDirectories(temporary.resolve(name));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }
}
