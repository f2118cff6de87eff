package dev.brink.serving;

import static dev.brink.serving.HostFixture.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.model.ExecutionProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatchEffectTest {

  @TempDir private Path root;

  @Test
  void modelsWhoseAnswersDependOnCompanyAreFlaggedAndRunAlone() {
    OnnxFile.dynamicallyQuantized().in(root, "dynamic", 1);
    OnnxFile.identity(OnnxFile.FLOAT).in(root, "exact", 1);

    try (HostFixture node = new HostFixture(root)) {
      assertThat(node.host().describe("dynamic", "").properties())
          .containsEntry("batch_effect", "dependent");
      assertThat(node.host().describe("exact", "").properties())
          .containsEntry("batch_effect", "none");
      assertThat(node.loaded("dynamic").batches()).isFalse();
      assertThat(node.loaded("exact").batches()).isTrue();
    }
  }

  @Test
  void theOwnerOfAModelMayAllowIt() throws IOException {
    OnnxFile.dynamicallyQuantized().in(root, "dynamic", 1);
    Files.writeString(
        root.resolve("dynamic/model.yaml"), "batching: { allow-dependent: true, max-size: 4 }");

    try (HostFixture node = new HostFixture(root)) {
      assertThat(node.loaded("dynamic").batches()).isTrue();
      assertThat(node.host().describe("dynamic", "").maxBatchSize()).isEqualTo(4);
    }
  }

  @Test
  void differencesInTheLastDigitsAreRounding() {
    assertThat(onCpu(new float[] {1, 1e-7f}, new float[] {1, 2e-7f}))
        .isEqualTo(BatchEffect.ROUNDING);
    assertThat(onCpu(new float[] {1, 0.1f}, new float[] {1, 0.11f}))
        .isEqualTo(BatchEffect.DEPENDENT);
    assertThat(onCpu(new float[] {Float.NaN}, new float[] {1})).isEqualTo(BatchEffect.DEPENDENT);
  }

  @Test
  void whatAnAcceleratorRoundsMoreRoughlyIsNoDependence() {
    float[] alone = {1, 0.1f};
    float[] inCompany = {1.001f, 0.1f};

    assertThat(onCpu(alone, inCompany)).isEqualTo(BatchEffect.DEPENDENT);
    assertThat(between(alone, inCompany, ExecutionProvider.CUDA)).isEqualTo(BatchEffect.ROUNDING);
    assertThat(between(alone, new float[] {1.1f, 0.1f}, ExecutionProvider.CUDA))
        .isEqualTo(BatchEffect.DEPENDENT);
  }

  private static BatchEffect onCpu(float[] alone, float[] inCompany) {
    return between(alone, inCompany, ExecutionProvider.CPU);
  }

  private static BatchEffect between(float[] alone, float[] inCompany, ExecutionProvider provider) {
    return BatchEffect.between(alone, inCompany, TrialPace.on(provider).tolerance());
  }

  @Test
  void theOperatorsOfAFileAreReadWithoutItsWeights() throws IOException {
    OnnxFile.matrix(2, 2, 1, 2, 3, 4).in(root, "matrix", 1);

    assertThat(OperatorScan.of(root.resolve("matrix/1/model.onnx"))).containsExactly("MatMul");
  }

  @Test
  void aRowWhoseRunWasMeasuredStillGetsItsOwnAnswer() {
    OnnxFile.identity(OnnxFile.FLOAT).in(root, "exact", 1);

    try (HostFixture node = new HostFixture(root)) {
      assertThat(
              node.answer(request("exact", Tensor.ofFloats("x", Shape.of(1, 2), 3, 4)))
                  .outputs()
                  .get(0)
                  .toFloats())
          .containsExactly(3, 4);
    }
  }
}
