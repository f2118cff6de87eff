package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtSession;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.model.ExecutionProvider;
import dev.brink.model.RuntimeSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceSlotTest {

  @TempDir private Path root;
  private final List<ExecutionProvider> opened = new ArrayList<>();

  @BeforeEach
  void write() {
    OnnxFile.identity(OnnxFile.FLOAT).in(root, "m", 1);
  }

  /** Runs on the CPU whatever it says, and fails as often as told. */
  private final class Accelerator implements Executable {

    private final OrtModel real;
    private final OrtErrorCode code;
    private int failuresLeft;

    Accelerator(OrtErrorCode code, int failures) throws ModelLoadException {
      this.real =
          new SessionFactory(false)
              .open(root.resolve("m/1/model.onnx"), RuntimeSettings.DEFAULT, 1);
      this.code = code;
      this.failuresLeft = failures;
    }

    @Override
    public Signature signature() {
      return real.signature();
    }

    @Override
    public ExecutionProvider provider() {
      return ExecutionProvider.CUDA;
    }

    @Override
    public OrtSession.Result run(
        Map<String, OnnxTensor> inputs,
        Set<String> free,
        Map<String, OnnxTensor> pinned,
        OrtSession.RunOptions options)
        throws OrtException {
      if (failuresLeft-- > 0) {
        throw new OrtException(code, "device lost");
      }
      return real.run(inputs, free, pinned, options);
    }

    @Override
    public void close() {
      real.close();
    }
  }

  private Executable open(ExecutionProvider provider, int failures) throws ModelLoadException {
    opened.add(provider);
    return provider == ExecutionProvider.CPU
        ? new SessionFactory(false).open(root.resolve("m/1/model.onnx"), RuntimeSettings.DEFAULT, 1)
        : new Accelerator(OrtErrorCode.ORT_EP_FAIL, failures);
  }

  private static List<PendingRequest> request() {
    Tensor input = Tensor.ofFloats("x", Shape.of(1, 2), 3, 4);
    InferenceRequest request = HostFixture.request("m", input);
    return List.of(
        new PendingRequest(request, new Tensor[] {input}, new int[] {0}, 1, 5, System.nanoTime()));
  }

  @Test
  void aRunThatFailsOnAnAcceleratorIsRepeatedOnTheCpuAndTheInstanceRebuilt() throws Exception {
    try (Accelerator broken = new Accelerator(OrtErrorCode.ORT_EP_FAIL, 1);
        InstanceSlot slot = new InstanceSlot("m", broken, provider -> open(provider, 0))) {

      InstanceRun run = slot.run(request());

      assertThat(run.outputs()[0][0].toFloats()).containsExactly(3, 4);
      assertThat(opened).containsExactly(ExecutionProvider.CPU, ExecutionProvider.CUDA);
      assertThat(slot.provider()).isEqualTo(ExecutionProvider.CUDA);
      assertThat(slot.run(request()).outputs()[0][0].toFloats()).containsExactly(3, 4);
    }
  }

  @Test
  void anAcceleratorThatKeepsFailingIsGivenUp() throws Exception {
    try (Accelerator broken = new Accelerator(OrtErrorCode.ORT_EP_FAIL, 1);
        InstanceSlot slot = new InstanceSlot("m", broken, provider -> open(provider, 1))) {
      for (int i = 0; i < 6; i++) {
        assertThat(slot.run(request()).outputs()[0][0].toFloats()).containsExactly(3, 4);
      }

      assertThat(slot.provider()).isEqualTo(ExecutionProvider.CPU);
    }
  }

  @Test
  void aRequestsOwnFaultIsNoReasonToRebuild() throws Exception {
    try (Accelerator strict = new Accelerator(OrtErrorCode.ORT_INVALID_ARGUMENT, 1);
        InstanceSlot slot = new InstanceSlot("m", strict, provider -> open(provider, 0))) {

      assertThatThrownBy(() -> slot.run(request())).isInstanceOf(OrtException.class);
      assertThat(opened).isEmpty();
    }
  }

  @Test
  void providersThatAreNotThereArePassedOverInOrder() throws IOException {
    Files.writeString(
        root.resolve("m/model.yaml"),
        "runtime: { providers: [xnnpack, cuda, cpu], provider-options: { cuda: { device_id: 0 } }"
            + " }");

    try (HostFixture node = new HostFixture(root)) {
      assertThat(node.host().describe("m", "").properties())
          .containsEntry("execution_provider", "cpu");
    }
  }

  @Test
  void aModelWithoutAnyOfItsProvidersSaysWhich() throws IOException {
    Files.writeString(root.resolve("m/model.yaml"), "runtime: { providers: [xnnpack] }");

    try (HostFixture node = new HostFixture(root)) {
      assertThat(node.host().index())
          .singleElement()
          .satisfies(
              status -> assertThat(status.reason()).startsWith("no execution provider: xnnpack: "));
    }
  }
}
