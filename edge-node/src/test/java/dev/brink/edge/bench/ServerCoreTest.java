package dev.brink.edge.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerCoreTest {

  @TempDir private Path folder;

  @Test
  void aVisitorOfTheServersCoreReturnsToWhereItWas() {
    assumeThat(ServerCore.prefixed(List.of())).isNotEmpty();
    String before = ServerCore.cores();
    assumeThat(before).startsWith("0");

    String there = ServerCore.there(ServerCore::cores);

    assertThat(there).isEqualTo("0");
    assertThat(ServerCore.cores()).isEqualTo(before);
  }

  @Test
  void theBareLoopOverSeveralModelsRunsEachOfThem() throws Exception {
    ServeModels.writeTiny(folder, "a");
    ServeModels.writeTiny(folder, "b");
    long[] shape = {1, 512};
    try (RawLoop a = new RawLoop(folder.resolve("a/1/model.onnx"), ServeModels.row(512), shape);
        RawLoop b = new RawLoop(folder.resolve("b/1/model.onnx"), ServeModels.row(512), shape)) {
      assertThat(RawLoop.cpuMicros(List.of(a, b), 0.05)).isPositive();
    }
  }
}
