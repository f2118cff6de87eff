package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.brink.config.ConfigBinder;
import dev.brink.inference.Route;
import dev.brink.model.ExecutionProvider;
import dev.brink.model.ModelSettings;
import dev.brink.model.RuntimeSettings;
import dev.brink.resilience.Ticker;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelLoaderTest {

  @TempDir private Path root;
  private final List<FakeAccelerator> opened = new ArrayList<>();

  @BeforeEach
  void write() {
    OnnxFile.identity(OnnxFile.FLOAT).in(root, "m", 1);
  }

  private Path file() {
    return root.resolve("m/1/model.onnx");
  }

  private static ModelSettings settings(String yaml) {
    return ConfigBinder.bind(ModelSettings.class, yaml, Path.of("."));
  }

  private FakeAccelerator open(RuntimeSettings settings) throws ModelLoadException {
    return open(file(), settings);
  }

  private FakeAccelerator open(Path file, RuntimeSettings settings) throws ModelLoadException {
    OrtModel real = new SessionFactory(false).open(file, RuntimeSettings.DEFAULT, 1);
    ExecutionProvider provider = settings.providers().get(0);
    FakeAccelerator session = FakeAccelerator.on(real, new Placement(provider, opened.size()));
    opened.add(session);
    return session;
  }

  private LoadedModel load(SessionOpener opener, String yaml) throws ModelLoadException {
    ModelLoader loader =
        new ModelLoader(
            new Answerer("node", Route.EDGE),
            opener,
            new Workers(2, Ticker.system()),
            Ticker.system());
    return loader.load("m", 1, file(), settings(yaml));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cascade: { output: none }",
        "sequence: { state: { none: y } }",
        "runtime: { sample-shapes: { x: '1,2,3' } }"
      })
  void aModelThatIsRefusedAfterItWasOpenedIsClosed(String yaml) {
    assertThatThrownBy(() -> load((file, settings, threads) -> open(settings), yaml))
        .isInstanceOf(ModelLoadException.class);

    assertThat(opened).hasSize(1).allMatch(FakeAccelerator::isClosed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x: '1,2,3' | x: 1,2,3 (expected: as the model has it, [-1,2])",
        "x: '1,3'   | x: 1,3 (expected: as the model has it, [-1,2])",
        "z: '1,2'   | z: 1,2 (expected: an input of the model)",
      })
  void shapesOfSamplesThatDoNotFitTheModelAreRefusedByTheirInput(String shape, String message) {
    String yaml = "runtime: { sample-shapes: { " + shape + " }, warmup: false }";

    assertThatThrownBy(() -> load((file, settings, threads) -> open(settings), yaml))
        .hasMessage("model.yaml: runtime.sample-shapes." + message);
  }

  @Test
  void whatBreaksWhileASecondDeviceIsTriedLeavesNothingOpen() {
    SessionOpener breaking =
        (file, settings, threads) -> {
          if (opened.size() == 1) {
            throw new IllegalStateException("on purpose");
          }
          return open(settings);
        };

    assertThatThrownBy(() -> load(breaking, "runtime: { providers: [cuda, cpu], devices: [0, 1] }"))
        .hasMessage("on purpose");
    assertThat(opened).hasSize(1).allMatch(FakeAccelerator::isClosed);
  }

  @Test
  void aModelThatOpensOnOneThreadOnlyIsServedOnOne() throws Exception {
    SessionOpener single =
        (file, settings, threads) -> {
          if (threads > 1) {
            throw new ModelLoadException("no memory for threads");
          }
          return new Slow(open(settings));
        };
    try (LoadingSessions sessions = new LoadingSessions(single)) {
      ModelTrial.Outcome tried = tried(sessions, ModelSettings.DEFAULT);

      assertThat(tried.threads()).isEqualTo(new ThreadChoice(1, 2));
      assertThat(opened).hasSize(1).noneMatch(FakeAccelerator::isClosed);
    }
    assertThat(opened).allMatch(FakeAccelerator::isClosed);
  }

  @Test
  void threadsThatDoNotPayAreGivenUp() throws Exception {
    try (LoadingSessions sessions =
        new LoadingSessions((file, settings, threads) -> new Slow(open(settings)))) {
      ModelTrial.Outcome tried = tried(sessions, ModelSettings.DEFAULT);

      assertThat(tried.threads()).isEqualTo(new ThreadChoice(1, 2));
      assertThat(opened).extracting(FakeAccelerator::isClosed).containsExactly(false, true);
    }
  }

  @Test
  void threadsWhoseTrialFailsLeaveNothingOpen() throws Exception {
    OnnxFile.matrix(3, 1, 1, 1, 1).in(root, "other", 1);
    Path other = root.resolve("other/1/model.onnx");
    try (LoadingSessions sessions =
        new LoadingSessions(
            (file, settings, threads) -> new Slow(open(threads > 1 ? other : file, settings)))) {
      ModelTrial.Outcome tried =
          tried(sessions, settings("runtime: { sample-shapes: { x: '1,2' } }"));

      assertThat(tried.threads()).isEqualTo(new ThreadChoice(1, 2));
      assertThat(opened).extracting(FakeAccelerator::isClosed).containsExactly(false, true);
    }
  }

  @Test
  void whatRunsOnTheProcessorHasAnInstanceForEachCore() throws Exception {
    ModelSettings xnnpack = settings("runtime: { providers: [xnnpack, cpu] }");
    try (LoadingSessions sessions =
        new LoadingSessions((file, settings, threads) -> open(settings))) {
      DeviceSessions devices = new DeviceSessions("m", file(), xnnpack.runtime(), 1, sessions);
      ModelTrial trial = new ModelTrial("m", file(), xnnpack, sessions, 5, Ticker.system());

      assertThat(trial.of(devices.open(sessions)).threads()).isEqualTo(new ThreadChoice(1, 5));
    }
  }

  private ModelTrial.Outcome tried(LoadingSessions sessions, ModelSettings settings)
      throws ModelLoadException {
    DeviceSessions devices = new DeviceSessions("m", file(), settings.runtime(), 1, sessions);
    return new ModelTrial("m", file(), settings, sessions, 2, Ticker.system())
        .of(devices.open(sessions));
  }

  /** Computes for so long that more threads are worth a trial. */
  private static final class Slow extends PassingOn {

    private static final long RUN_NANOS = 20_000_000;

    private Slow(Executable model) {
      super(model);
    }

    @Override
    public OrtSession.Result run(
        Map<String, OnnxTensor> inputs,
        Set<String> free,
        Map<String, OnnxTensor> pinned,
        OrtSession.RunOptions options)
        throws OrtException {
      long start = System.nanoTime();
      OrtSession.Result result = super.run(inputs, free, pinned, options);
      while (System.nanoTime() - start < RUN_NANOS) {
        Thread.onSpinWait();
      }
      return result;
    }
  }
}
