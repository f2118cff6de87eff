package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.Route;
import dev.brink.model.ExecutionProvider;
import dev.brink.model.ModelSettings;
import dev.brink.model.RuntimeSettings;
import dev.brink.resilience.Ticker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeviceSessionsTest {

  @TempDir private Path root;
  private final List<FakeAccelerator> opened = new ArrayList<>();

  @BeforeEach
  void write() {
    OnnxFile.identity(OnnxFile.FLOAT).in(root, "m", 1);
  }

  /** A machine with so many CUDA devices. */
  private SessionOpener machine(int devices) {
    return (file, settings, threads) -> {
      OrtModel real = new SessionFactory(false).open(file, RuntimeSettings.DEFAULT, threads);
      ExecutionProvider provider = settings.providers().get(0);
      Placement place = Placement.of(provider, settings.providerOptions().get(provider.word()));
      if (place.device() >= devices) {
        real.close();
        throw new ModelLoadException("no execution provider: cuda: invalid device ordinal");
      }
      FakeAccelerator session = FakeAccelerator.on(real, place);
      opened.add(session);
      return session;
    };
  }

  private LoadedModel load(SessionOpener machine) throws ModelLoadException {
    ModelSettings none = ModelSettings.DEFAULT;
    RuntimeSettings plain = RuntimeSettings.DEFAULT;
    RuntimeSettings runtime =
        new RuntimeSettings(
            List.of(ExecutionProvider.CUDA, ExecutionProvider.CPU),
            Map.of("cuda", Map.of("use_tf32", "0")),
            List.of(0, 1),
            plain.instances(),
            plain.intraOpThreads(),
            false,
            true,
            Map.of());
    ModelSettings settings =
        new ModelSettings(
            none.cascade(),
            none.batching(),
            runtime,
            none.input(),
            none.cache(),
            none.sequence(),
            none.versionPolicy(),
            none.versions(),
            none.labels());
    ModelLoader loader =
        new ModelLoader(new Answerer("node", Route.CLOUD), machine, Ticker.system());
    return loader.load("m", 1, root.resolve("m/1/model.onnx"), settings);
  }

  @Test
  void eachDeviceHasASessionThatTwoInstancesShare() throws Exception {
    LoadedModel model = load(machine(2));

    assertThat(model.devices()).isEqualTo("cuda:0,cuda:1");
    assertThat(model.providers()).isEqualTo("cuda");
    assertThat(model.instanceCount()).isEqualTo(4);
    assertThat(opened).hasSize(2).noneMatch(FakeAccelerator::isClosed);

    model.close();
    assertThat(opened).allMatch(FakeAccelerator::isClosed);
  }

  @Test
  void aDeviceThatIsNotThereIsLeftOut() throws Exception {
    LoadedModel model = load(machine(1));

    assertThat(model.devices()).isEqualTo("cuda:0");
    assertThat(model.instanceCount()).isEqualTo(2);
    model.close();
  }
}
