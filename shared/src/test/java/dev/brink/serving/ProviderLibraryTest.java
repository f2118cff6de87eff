package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProviderLibraryTest {

  @TempDir private Path folder;

  @Test
  void whatTheSystemSaysToALibraryIsPassedOnWithoutThePath() throws IOException {
    Path library = folder.resolve(System.mapLibraryName("onnxruntime_providers_cuda"));
    Files.writeString(library, "no library");

    assertThat(ProviderLibrary.fault(library))
        .hasValueSatisfying(fault -> assertThat(fault).isNotBlank().doesNotContain("cuda"));
  }
}
