package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtSession;
import dev.brink.config.ConfigBinder;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.model.ExecutionProvider;
import dev.brink.model.ModelSettings;
import dev.brink.model.RuntimeSettings;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionFactoryTest {

  private static final int LARGE = 2 << 20;

  @TempDir private Path root;

  private static RuntimeSettings settings(String yaml) {
    return ConfigBinder.bind(ModelSettings.class, "runtime: " + yaml, Path.of(".")).runtime();
  }

  @Test
  void optionsOfTheCpuReachTheSession() throws Exception {
    RuntimeSettings stated =
        settings(
            "{ provider-options: { cpu: { set_denormal_as_zero: 1, disable_prepacking: 1 } } }");
    try (OrtSession.SessionOptions options = SessionOptions.of(stated, 1)) {
      assertThat(options.getConfigEntries())
          .containsEntry("session.set_denormal_as_zero", "1")
          .containsEntry("session.disable_prepacking", "1");
    }
  }

  @Test
  void aModelWithoutAnArenaHasNothingToGiveBackAfterALargeRun() throws Exception {
    OnnxFile.identity(OnnxFile.FLOAT).in(root, "m", 1);
    RuntimeSettings noArena =
        settings(
            "{ provider-options: { cpu: { enable_cpu_mem_arena: 0, enable_mem_pattern: 0 } } }");
    Tensor input = Tensor.ofFloats("x", Shape.of(LARGE / 2, 2), new float[LARGE]);
    InferenceRequest request = HostFixture.request("m", input);
    PendingRequest pending =
        new PendingRequest(request, new Tensor[] {input}, new int[] {0}, LARGE / 2, 5, 0);
    try (OrtModel model =
            new SessionFactory(false).open(root.resolve("m/1/model.onnx"), noArena, 1);
        ModelInstance instance = new ModelInstance(model)) {
      assertThat(model.hasArena()).isFalse();
      assertThat(instance.run(List.of(pending)).outputs()[0][0].byteSize()).isEqualTo(LARGE * 4);
    }
  }

  @Test
  void anOptionThatAnAcceleratorHasNotIsNoReasonToGoOnWithoutIt() {
    OrtException unknown =
        new OrtException(OrtErrorCode.ORT_FAIL, "Unknown provider option: \"use_tf33\".");
    OrtException missing =
        new OrtException(OrtErrorCode.ORT_FAIL, "libcublas.so.12: cannot open shared object file");

    assertThatThrownBy(() -> SessionFactory.requireOptions(ExecutionProvider.CUDA, unknown))
        .hasMessageStartingWith("model.yaml: runtime.provider-options.cuda: Unknown provider");
    assertThatCode(() -> SessionFactory.requireOptions(ExecutionProvider.CUDA, missing))
        .doesNotThrowAnyException();
  }
}
