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

  /** A machine with these CUDA devices. */
  private SessionOpener machine(Integer... devices) {
    return (file, settings, threads) -> {
      for (ExecutionProvider provider : settings.providers()) {
        Placement place =
            Placement.of(
                provider, settings.providerOptions().getOrDefault(provider.word(), Map.of()));
        if (provider == ExecutionProvider.CPU || List.of(devices).contains(place.device())) {
          FakeAccelerator session =
              FakeAccelerator.on(
                  new SessionFactory(false).open(file, RuntimeSettings.DEFAULT, threads), place);
          opened.add(session);
          return session;
        }
      }
      throw new ModelLoadException("no execution provider: cuda: invalid device ordinal");
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
        new ModelLoader(
            new Answerer("node", Route.CLOUD),
            machine,
            new Workers(2, Ticker.system()),
            Ticker.system());
    return loader.load("m", 1, root.resolve("m/1/model.onnx"), settings);
  }

  @Test
  void eachDeviceHasASessionThatTwoInstancesShare() throws Exception {
    LoadedModel model = load(machine(0, 1));

    assertThat(model.devices()).isEqualTo("cuda:0,cuda:1");
    assertThat(model.providers()).isEqualTo("cuda");
    assertThat(model.instanceCount()).isEqualTo(4);
    assertThat(opened).hasSize(2).noneMatch(FakeAccelerator::isClosed);

    model.close();
    assertThat(opened).allMatch(FakeAccelerator::isClosed);
  }

  @Test
  void aDeviceThatIsNotThereIsLeftOut() throws Exception {
    LoadedModel model = load(machine(0));

    assertThat(model.devices()).isEqualTo("cuda:0");
    assertThat(model.instanceCount()).isEqualTo(2);
    model.close();
  }

  @Test
  void theFirstDeviceMayBeMissing() throws Exception {
    LoadedModel model = load(machine(1));

    assertThat(model.devices()).isEqualTo("cuda:1");
    assertThat(model.instanceCount()).isEqualTo(2);
    assertThat(opened)
        .as("what stood in for it is closed")
        .filteredOn(session -> !session.isClosed())
        .hasSize(1);
    model.close();
  }

  @Test
  void withoutAnyDeviceTheNextProviderIsUsedOnce() throws Exception {
    LoadedModel model = load(machine());

    assertThat(model.devices()).isEqualTo("cpu");
    assertThat(opened).hasSize(1);
    model.close();
  }
}
