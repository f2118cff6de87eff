package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.config.ConfigBinder;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.model.ModelSettings;
import dev.brink.model.RuntimeSettings;
import dev.brink.resilience.Ticker;
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
  void anotherFileHasAnotherGraphAndTheOldOneGoes() throws Exception {
    OnnxFile.matrix(2, 2, 1, 2, 3, 4).in(root, "m", 1);
    open();
    List<Path> first = kept();
    Path interrupted = first.get(0).resolveSibling(first.get(0).getFileName() + ".part");
    Files.writeString(interrupted, "half");

    OnnxFile.matrix(2, 3, 1, 2, 3, 4, 5, 6).in(root, "m", 1);
    open();

    assertThat(kept()).hasSize(1).doesNotContainAnyElementsOf(first);
    assertThat(interrupted).doesNotExist();
  }

  @Test
  void aGraphThatCannotBeWrittenDoesNotKeepTheModelOut() throws Exception {
    OnnxFile.matrix(2, 2, 1, 2, 3, 4).in(root, "m", 1);
    open();
    Path graph = kept().get(0);
    Files.delete(graph);
    Files.createDirectory(graph.resolveSibling(graph.getFileName() + ".part"));

    open();

    assertThat(kept()).isEmpty();
  }

  @Test
  void whatADigestIsStatedOfIsRunItself() throws Exception {
    OnnxFile.matrix(2, 2, 1, 2, 3, 4).in(root, "m", 1);
    Path file = root.resolve("m/1/model.onnx");
    open();
    Path graph = kept().get(0);
    Files.write(graph, OnnxFile.matrix(9, 9, new float[81]).bytes());

    String yaml = "versions: { '1': { sha256: " + FileDigest.sha256(file) + " } }";
    ModelSettings settings = ConfigBinder.bind(ModelSettings.class, yaml, root);
    ModelLoader loader =
        new ModelLoader(
            new Answerer("node", Route.EDGE),
            new SessionFactory(true),
            new Workers(2, Ticker.system()),
            Ticker.system());
    LoadedModel model = loader.load("m", 1, file, settings);

    assertThat(model.signature().inputs().get(0).shape()).isEqualTo(Shape.of(-1, 2));
    model.close();
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
