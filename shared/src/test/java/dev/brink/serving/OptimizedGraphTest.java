package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.model.RuntimeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OptimizedGraphTest {

  @TempDir private Path root;

  private List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(root.resolve("m/1"))) {
      return files.filter(file -> file.toString().endsWith(".optimized.onnx")).toList();
    }
  }

  private void open() throws ModelLoadException {
    new SessionFactory(true)
        .open(root.resolve("m/1/model.onnx"), RuntimeSettings.DEFAULT, 1)
        .close();
  }

  @Test
  void theOptimisedGraphIsKeptBesideTheModelOnce() throws Exception {
    OnnxFile.matrix(2, 2, 1, 2, 3, 4).in(root, "m", 1);

    open();
    List<Path> first = kept();
    open();

    assertThat(first).hasSize(1);
    assertThat(kept()).isEqualTo(first);
  }

  @Test
  void anotherFileHasAnotherGraph() throws Exception {
    OnnxFile.matrix(2, 2, 1, 2, 3, 4).in(root, "m", 1);
    open();

    OnnxFile.matrix(2, 3, 1, 2, 3, 4, 5, 6).in(root, "m", 1);
    open();

    assertThat(kept()).hasSize(2);
  }

  @Test
  void aDamagedGraphIsPassedOver() throws Exception {
    OnnxFile.matrix(2, 2, 1, 2, 3, 4).in(root, "m", 1);
    open();
    Files.writeString(kept().get(0), "damaged");

    open();

    assertThat(Files.size(kept().get(0))).isGreaterThan(20);
  }
}
