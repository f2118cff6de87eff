package dev.brink.serving;

import static dev.brink.model.ExecutionProvider.CPU;
import static dev.brink.model.ExecutionProvider.CUDA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
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

  private OrtModel onCpu() throws ModelLoadException {
    return new SessionFactory(false)
        .open(root.resolve("m/1/model.onnx"), RuntimeSettings.DEFAULT, 1);
  }

  private FakeAccelerator accelerator(int failures) throws ModelLoadException {
    return FakeAccelerator.failing(onCpu(), OrtErrorCode.ORT_EP_FAIL, failures);
  }

  private Executable open(ExecutionProvider provider, int failures) throws ModelLoadException {
    opened.add(provider);
    return provider == ExecutionProvider.CPU ? onCpu() : accelerator(failures);
  }

  private static List<PendingRequest> request() {
    Tensor input = Tensor.ofFloats("x", Shape.of(1, 2), 3, 4);
    InferenceRequest request = HostFixture.request("m", input);
    return List.of(
        new PendingRequest(request, new Tensor[] {input}, new int[] {0}, 1, 5, System.nanoTime()));
  }

  private static float[] answered(InstanceSlot slot) throws OrtException {
    return slot.run(request()).outputs()[0][0].toFloats();
  }

  @Test
  void aRunThatFailsOnAnAcceleratorIsRepeatedOnTheCpuAndTheInstanceRebuilt() throws Exception {
    try (DeviceSession device = new DeviceSession(accelerator(1), provider -> open(provider, 0));
        InstanceSlot slot = new InstanceSlot("m", device)) {

      assertThat(answered(slot)).containsExactly(3, 4);
      assertThat(opened).as("nobody waits for the rebuilding").containsExactly(CPU);

      slot.mend();

      assertThat(opened).containsExactly(CPU, CUDA);
      assertThat(slot.provider()).isEqualTo(CUDA);
      assertThat(answered(slot)).containsExactly(3, 4);
    }
  }

  @Test
  void theSpareOnTheCpuIsClosedWhenTheAcceleratorIsBack() throws Exception {
    List<FakeAccelerator> all = new ArrayList<>();
    InstanceSlot.Opener opener =
        provider -> {
          all.add(FakeAccelerator.on(onCpu(), new Placement(provider, 0)));
          return all.getLast();
        };
    try (DeviceSession device = new DeviceSession(accelerator(1), opener);
        InstanceSlot slot = new InstanceSlot("m", device)) {
      answered(slot);
      slot.mend();

      assertThat(all).extracting(FakeAccelerator::isClosed).containsExactly(true, false);
    }
    assertThat(all).allMatch(FakeAccelerator::isClosed);
  }

  @Test
  void instancesOnOneDeviceGoOverToOneNewSession() throws Exception {
    FakeAccelerator broken = accelerator(1);
    try (DeviceSession device = new DeviceSession(broken, provider -> open(provider, 0));
        InstanceSlot first = new InstanceSlot("m", device);
        InstanceSlot second = new InstanceSlot("m", device)) {
      answered(first);
      first.mend();
      assertThat(broken.isClosed()).as("the other may be running on it").isFalse();
      assertThat(second.isBroken()).isTrue();

      second.mend();

      assertThat(broken.isClosed()).isTrue();
      assertThat(second.isBroken()).isFalse();
      assertThat(opened).containsExactly(CPU, CUDA);
      assertThat(answered(second)).containsExactly(3, 4);
    }
  }

  @Test
  void anAcceleratorThatKeepsFailingIsGivenUp() throws Exception {
    try (DeviceSession device = new DeviceSession(accelerator(1), provider -> open(provider, 1));
        InstanceSlot slot = new InstanceSlot("m", device)) {
      for (int i = 0; i < 6; i++) {
        assertThat(answered(slot)).containsExactly(3, 4);
        slot.mend();
      }

      assertThat(slot.provider()).isEqualTo(CPU);
      assertThat(opened).containsExactly(CPU, CUDA, CPU, CUDA, CPU, CUDA, CPU);
    }
  }

  @Test
  void failuresOfLongAgoAreForgotten() throws Exception {
    int runs = InstanceSlot.FORGIVING_RUNS;
    InstanceSlot.Opener opener = provider -> provider == CPU ? onCpu() : accelerator(1).after(runs);
    try (DeviceSession device = new DeviceSession(accelerator(1), opener);
        InstanceSlot slot = new InstanceSlot("m", device)) {
      for (int run = 0; run < 6 * runs; run++) {
        assertThat(answered(slot)).containsExactly(3, 4);
        slot.mend();
      }

      assertThat(slot.provider()).isEqualTo(CUDA);
    }
  }

  @Test
  void anAcceleratorThatIsGoneIsNotWaitedFor() throws Exception {
    InstanceSlot.Opener onlyCpu =
        provider -> {
          if (provider == CUDA) {
            throw new ModelLoadException("no execution provider: cuda: device lost");
          }
          return open(provider, 0);
        };
    try (DeviceSession device = new DeviceSession(accelerator(1), onlyCpu);
        InstanceSlot slot = new InstanceSlot("m", device)) {
      answered(slot);
      slot.mend();

      assertThat(slot.provider()).isEqualTo(CPU);
      assertThat(answered(slot)).containsExactly(3, 4);
    }
  }

  @Test
  void aRequestsOwnFaultIsNoReasonToRebuild() throws Exception {
    FakeAccelerator strict = FakeAccelerator.failing(onCpu(), OrtErrorCode.ORT_INVALID_ARGUMENT, 1);
    try (DeviceSession device = new DeviceSession(strict, provider -> open(provider, 0));
        InstanceSlot slot = new InstanceSlot("m", device)) {

      assertThatThrownBy(() -> slot.run(request())).isInstanceOf(OrtException.class);
      assertThat(opened).isEmpty();
    }
  }

  @Test
  void whatFailsOnTheCpuTooIsTheRequestsFault() throws Exception {
    InstanceSlot.Opener asBad =
        provider -> {
          opened.add(provider);
          return FakeAccelerator.failing(onCpu(), OrtErrorCode.ORT_RUNTIME_EXCEPTION, 9);
        };
    try (DeviceSession device = new DeviceSession(accelerator(2), asBad);
        InstanceSlot slot = new InstanceSlot("m", device)) {
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> slot.run(request())).isInstanceOf(OrtException.class);
        slot.mend();
      }

      assertThat(opened).as("one session on the CPU for all of them").containsExactly(CPU);
      assertThat(slot.provider()).isEqualTo(CUDA);
      assertThat(answered(slot)).containsExactly(3, 4);
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
          .containsEntry("execution_provider", "cpu")
          .containsEntry("execution_provider_order", "xnnpack,cuda,cpu")
          .containsEntry("execution_device", "cpu");
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
