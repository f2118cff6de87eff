package dev.brink.serving;

import static dev.brink.serving.HostFixture.await;
import static dev.brink.serving.HostFixture.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.model.ExecutionProvider;
import dev.brink.model.ModelState;
import dev.brink.model.ModelVersionStatus;
import dev.brink.model.RuntimeSettings;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class RepositoryTest {

  @TempDir private Path root;

  private static OnnxFile times(float factor) {
    return OnnxFile.matrix(1, 1, factor);
  }

  private static float answer(HostFixture node) {
    return node.answer(request("m", Tensor.ofFloats("x", Shape.of(1, 1), 1)))
        .outputs()
        .get(0)
        .toFloats()[0];
  }

  private static void load(HostFixture node) {
    await(node.host().load("m", Optional.empty(), Map.of()));
  }

  private void yaml(String text) throws IOException {
    Files.writeString(root.resolve("m/model.yaml"), text);
  }

  @Test
  void theLatestVersionIsServedAndANewOneTakesItsPlace() {
    times(2).in(root, "m", 1);
    try (HostFixture node = new HostFixture(root)) {
      assertThat(answer(node)).isEqualTo(2);

      times(3).in(root, "m", 10);
      load(node);

      assertThat(answer(node)).isEqualTo(3);
      assertThat(node.host().index())
          .containsExactly(new ModelVersionStatus("m", "10", ModelState.READY, ""));
    }
  }

  @Test
  void aBadNewVersionLeavesTheOldOneInService() throws IOException {
    times(2).in(root, "m", 1);
    try (HostFixture node = new HostFixture(root)) {
      Files.createDirectories(root.resolve("m/2"));
      Files.writeString(root.resolve("m/2/model.onnx"), "no model");

      assertThatThrownBy(() -> load(node))
          .isInstanceOf(InferenceException.class)
          .hasMessageContaining("failed to load 'm', version 2: ");
      assertThat(answer(node)).isEqualTo(2);
      assertThat(node.host().index())
          .extracting(ModelVersionStatus::state)
          .containsExactly(ModelState.READY, ModelState.UNAVAILABLE);
    }
  }

  @Test
  void thePolicySaysWhichVersionsAreServed() throws IOException {
    for (int version = 1; version <= 4; version++) {
      times(version).in(root, "m", version);
    }
    yaml("version-policy: latest 2");
    try (HostFixture node = new HostFixture(root)) {
      assertThat(node.host().describe("m", "").versions()).containsExactly("3", "4");

      yaml("version-policy: 1,3");
      load(node);
      assertThat(node.host().describe("m", "").versions()).containsExactly("1", "3");

      yaml("version-policy: all");
      load(node);
      assertThat(node.host().describe("m", "2").versions()).containsExactly("1", "2", "3", "4");
    }
  }

  private void broken(int version) throws IOException {
    Files.createDirectories(root.resolve("m/" + version));
    Files.writeString(root.resolve("m/" + version + "/model.onnx"), "no model");
  }

  @Test
  void forEachNewVersionThatIsBadAnOldOneGoesOn() throws IOException {
    times(1).in(root, "m", 1);
    times(2).in(root, "m", 2);
    yaml("version-policy: latest 2");
    try (HostFixture node = new HostFixture(root)) {
      broken(3);
      await(node.host().follow());
      await(node.host().follow());
      assertThat(node.host().describe("m", "").versions()).containsExactly("1", "2");

      times(3).in(root, "m", 3);
      load(node);
      assertThat(node.host().describe("m", "").versions()).containsExactly("2", "3");
    }
  }

  @Test
  void aVersionThatIsNamedAndNotThereIsTold() throws IOException {
    times(1).in(root, "m", 1);
    yaml("version-policy: 1,20250101123045");
    try (HostFixture node = new HostFixture(root)) {
      assertThatThrownBy(() -> load(node))
          .hasMessage("failed to load 'm', version 20250101123045: not in the repository");
      assertThat(answer(node)).isEqualTo(1);
      assertThat(node.host().index())
          .contains(
              new ModelVersionStatus(
                  "m", "20250101123045", ModelState.UNAVAILABLE, "not in the repository"));
    }
  }

  @Test
  void whatIsInServiceStaysThereThoughItsFolderIsGone() throws IOException {
    times(5).in(root, "m", 5);
    yaml("version-policy: 5");
    try (HostFixture node = new HostFixture(root)) {
      Files.delete(root.resolve("m/5/model.onnx"));

      assertThatThrownBy(() -> load(node)).hasMessageContaining("version 5: not in the repository");
      assertThat(answer(node)).isEqualTo(5);
    }
  }

  @Test
  void aCommandThatFailsDoesNotEndTheFollowingOfTheFolder() {
    times(2).in(root, "m", 1);
    try (HostFixture node = new HostFixture(root)) {
      byte[] noModel = {1, 2, 3};
      assertThatThrownBy(
              () ->
                  await(node.host().load("m", Optional.of("{}"), Map.of("1/model.onnx", noModel))))
          .isInstanceOf(InferenceException.class);

      times(3).in(root, "m", 2);
      await(node.host().follow());

      assertThat(answer(node)).isEqualTo(3);
    }
  }

  @Test
  void aModelThatCameWithNothingButAFailedCommandIsNotListed() {
    try (HostFixture node = new HostFixture(root)) {
      for (String config : List.of("{}", "{ batching: { max-sise: 4 } }")) {
        byte[] noModel = {1, 2, 3};
        assertThatThrownBy(
                () ->
                    await(
                        node.host()
                            .load("m", Optional.of(config), Map.of("1/model.onnx", noModel))))
            .isInstanceOf(InferenceException.class);
      }
      assertThat(node.host().index()).isEmpty();
    }
  }

  /** A repository on an accelerator on which every first run fails; notes the files it opens. */
  private Repository accelerated(HostedModels models, List<Path> files) {
    SessionOpener accelerated =
        (file, settings, threads) -> {
          files.add(file);
          OrtModel real = new SessionFactory(false).open(file, RuntimeSettings.DEFAULT, threads);
          return settings.providers().equals(List.of(ExecutionProvider.CPU))
              ? real
              : FakeAccelerator.failing(real, OrtException.OrtErrorCode.ORT_EP_FAIL, 1);
        };
    ModelLoader loader =
        new ModelLoader(
            new Answerer("node", Route.EDGE),
            accelerated,
            new Workers(2, Ticker.system()),
            Ticker.system());
    return new Repository(root, loader, models);
  }

  private static float answer(HostedModels models) {
    InferenceResponse answer =
        (InferenceResponse)
            await(
                models
                    .require("m", "")
                    .submit(request("m", Tensor.ofFloats("x", Shape.of(1, 1), 1)))
                    .orElseThrow());
    return answer.outputs().get(0).toFloats()[0];
  }

  @Test
  void filesThatCameWithACommandCanBeOpenedAgainOnTheCpu() throws Exception {
    HostedModels models = new HostedModels(Ticker.system());
    List<Path> files = new ArrayList<>();
    Repository repository = accelerated(models, files);
    repository.load(
        "m",
        "runtime: { providers: [cuda, cpu], warmup: false }",
        Map.of("1/model.onnx", times(7).bytes()));

    assertThat(answer(models)).isEqualTo(7);

    repository.unload("m");
    assertThat(files).noneMatch(Files::exists);
  }

  @Test
  void filesOfACommandThatLoadsInPartAreKeptForThatPart() throws Exception {
    HostedModels models = new HostedModels(Ticker.system());
    List<Path> files = new ArrayList<>();
    Repository repository = accelerated(models, files);
    assertThatThrownBy(
            () ->
                repository.load(
                    "m",
                    "{ version-policy: all, runtime: { providers: [cuda, cpu], warmup: false } }",
                    Map.of("1/model.onnx", times(7).bytes(), "2/model.onnx", new byte[] {1, 2, 3})))
        .hasMessageContaining("version 2: ");

    assertThat(answer(models)).isEqualTo(7);

    repository.unload("m");
    assertThat(files).isNotEmpty().noneMatch(Files::exists);
  }

  @Test
  void aFileThatIsNotTheOneStatedIsRefused() throws IOException {
    times(2).in(root, "m", 1);
    yaml("versions: { '1': { sha256: " + "0".repeat(64) + " } }");
    try (HostFixture node = new HostFixture(root)) {
      assertThat(node.host().index())
          .singleElement()
          .satisfies(
              status -> {
                assertThat(status.state()).isEqualTo(ModelState.UNAVAILABLE);
                assertThat(status.reason()).startsWith("sha256 of version 1 is ");
              });
    }
  }

  @Test
  void settingsWithMistakesAreTheReason() throws IOException {
    times(2).in(root, "m", 1);
    yaml("batching: { max-sise: 4 }");
    try (HostFixture node = new HostFixture(root)) {
      assertThat(node.host().index())
          .singleElement()
          .satisfies(
              status -> assertThat(status.reason()).contains("batching.max-sise", "max-size"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cascade: { output: scores }",
        "cascade: { output: y, unknown-labels: [oos] }",
        "cascade: { output: y, label-output: y, unknown-labels: [oos] }"
      })
  void aCascadeThatReadsAnOutputThatTheModelHasNotIsRefused(String settings) throws IOException {
    times(2).in(root, "m", 1);
    yaml(settings);
    try (HostFixture node = new HostFixture(root)) {
      assertThat(node.host().index())
          .singleElement()
          .satisfies(
              status -> {
                assertThat(status.state()).isEqualTo(ModelState.UNAVAILABLE);
                assertThat(status.reason()).contains("cascade.", "the model has [y FP32 [-1,1]]");
              });
    }
  }

  @Test
  void aCascadeThatReadsAnOutputOfAnotherTypeIsRefused() throws IOException {
    OnnxFile.identity(OnnxFile.INT64).in(root, "m", 1);
    yaml("cascade: { output: y }");
    try (HostFixture node = new HostFixture(root)) {
      assertThat(node.host().index().getFirst().reason()).contains("cascade.output: y");
    }
  }

  @Test
  void settingsThatAreNoTextAreTheReason() throws IOException {
    times(2).in(root, "m", 1);
    Files.write(root.resolve("m/model.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    try (HostFixture node = new HostFixture(root)) {
      assertThat(node.host().index())
          .containsExactly(
              new ModelVersionStatus("m", "", ModelState.UNAVAILABLE, "model.yaml is not UTF-8"));
    }
  }

  @Test
  void aReasonIsLoggedOnceUntilItChanges() throws IOException {
    Logger logger = (Logger) LoggerFactory.getLogger(Repository.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.WARN);
    times(2).in(root, "m", 1);
    Repository repository = new Repository(root, null, new HostedModels(Ticker.system()));

    yaml("batching: { max-sise: 4 }");
    repository.follow();
    repository.follow();
    yaml("batching: { mix-size: 4 }");
    repository.follow();

    logger.detachAppender(log);
    logger.setLevel(null);
    assertThat(log.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .satisfiesExactly(
            first -> assertThat(first).contains("max-sise"),
            second -> assertThat(second).contains("mix-size"));
  }

  @Test
  void aModelThatBreaksTheLoaderDoesNotKeepOthersOut() throws IOException {
    times(2).in(root, "m", 1);
    HostedModels models = new HostedModels(Ticker.system());

    new Repository(root, null, models).follow();

    assertThat(models.find("m").orElseThrow().status().getFirst())
        .satisfies(status -> assertThat(status.state()).isEqualTo(ModelState.UNAVAILABLE))
        .satisfies(status -> assertThat(status.reason()).contains("NullPointerException"));
  }

  /** A repository on a machine where opening a model ends so. */
  private Repository failingWith(Error error, HostedModels models) {
    SessionOpener failing =
        (file, settings, threads) -> {
          throw error;
        };
    ModelLoader loader =
        new ModelLoader(
            new Answerer("node", Route.EDGE),
            failing,
            new Workers(2, Ticker.system()),
            Ticker.system());
    return new Repository(root, loader, models);
  }

  @Test
  void aMachineThatCannotLoadOnnxRuntimeIsToldAsThat() {
    times(2).in(root, "m", 1);
    HostedModels models = new HostedModels(Ticker.system());
    Error missing = new NoClassDefFoundError("Could not initialize class OrtModel");
    missing.initCause(new UnsatisfiedLinkError("libonnxruntime.so: no such symbol"));
    Repository repository = failingWith(missing, models);

    String reason =
        "ONNX Runtime cannot be loaded: java.lang.UnsatisfiedLinkError: libonnxruntime.so: no such"
            + " symbol";
    assertThatThrownBy(repository::follow).hasMessage(reason);
    assertThatThrownBy(() -> repository.load("m")).hasMessage(reason);
    assertThat(models.find("m").orElseThrow().status())
        .containsExactly(new ModelVersionStatus("m", "", ModelState.UNAVAILABLE, reason));
  }

  @Test
  void aModelForWhichMemoryDoesNotSufficeIsRefused() throws IOException {
    times(2).in(root, "m", 1);
    HostedModels models = new HostedModels(Ticker.system());
    Repository repository = failingWith(new OutOfMemoryError("on purpose"), models);

    repository.follow();

    assertThatThrownBy(() -> repository.load("m")).isInstanceOf(InferenceException.class);
    assertThat(models.find("m").orElseThrow().status().getFirst())
        .satisfies(status -> assertThat(status.state()).isEqualTo(ModelState.UNAVAILABLE))
        .satisfies(status -> assertThat(status.reason()).contains("OutOfMemoryError"));
  }

  @Test
  void aTaskThatEndsInAnErrorIsSettled() {
    try (RepositoryThread thread = new RepositoryThread()) {
      Future<Void> done =
          thread.run(
              () -> {
                throw new AssertionError("on purpose");
              });

      assertThatThrownBy(() -> await(done)).hasRootCauseMessage("on purpose");
      await(thread.run(() -> {}));
    }
  }

  @Test
  void anUnloadedModelStaysOutUntilItIsLoaded() throws IOException {
    times(2).in(root, "m", 1);
    try (HostFixture node = new HostFixture(root)) {
      await(node.host().unload("m"));

      assertThat(node.refusal(request("m", Tensor.ofFloats("x", Shape.of(1, 1), 1))))
          .isEqualTo(
              new InferenceError.UnknownModel(
                  "Request for unknown model: 'm' has no available versions"));
      assertThat(node.host().index())
          .containsExactly(new ModelVersionStatus("m", "1", ModelState.UNAVAILABLE, "unloaded"));

      load(node);
      assertThat(answer(node)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"../etc", "a/../b", "..", "/etc/passwd", "model/", " ..", ".. "})
  void namesThatLeaveTheRepositoryAreRefused(String name) {
    try (HostFixture node = new HostFixture(root)) {
      assertThatThrownBy(() -> await(node.host().load(name, Optional.empty(), Map.of())))
          .hasMessage("model name must not contain path traversal characters");
      assertThatThrownBy(() -> await(node.host().unload(name)))
          .hasMessage("model name must not contain path traversal characters");
    }
  }

  @Test
  void aModelThatIsNotThereCannotBeLoaded() {
    try (HostFixture node = new HostFixture(root)) {
      assertThatThrownBy(() -> load(node))
          .hasMessage("failed to load 'm', failed to poll from model repository");
    }
  }

  @Test
  void filesThatComeWithTheCommandReplaceThoseInTheRepository() {
    times(2).in(root, "m", 1);
    try (HostFixture node = new HostFixture(root)) {
      await(
          node.host()
              .load(
                  "m",
                  Optional.of("{\"batching\": {\"max-size\": 3}}"),
                  Map.of("5/model.onnx", times(7).bytes())));

      assertThat(answer(node)).isEqualTo(7);
      assertThat(node.host().describe("m", "").maxBatchSize()).isEqualTo(3);
      assertThat(node.host().describe("m", "").versions()).containsExactly("5");

      load(node);
      assertThat(answer(node)).isEqualTo(2);
    }
  }

  @Test
  void whatACommandHasLoadedOutlastsChangesInTheFolder() throws Exception {
    times(2).in(root, "m", 1);
    try (HostFixture node = new HostFixture(root)) {
      await(node.host().load("m", Optional.of("{}"), Map.of("1/model.onnx", times(7).bytes())));

      times(3).in(root, "m", 2);
      await(node.host().follow());

      assertThat(answer(node)).isEqualTo(7);
    }
  }

  @Test
  void filesWithNamesThatLeadElsewhereAreRefused() {
    try (HostFixture node = new HostFixture(root)) {
      for (String key : List.of("../model.onnx", "1/../../x", "1/..", "x/model.onnx", "1")) {
        assertThatThrownBy(
                () -> await(node.host().load("m", Optional.of("{}"), Map.of(key, new byte[] {1}))))
            .hasMessageContaining("(expected: file:<version>/<name>)");
      }
    }
  }

  @Test
  void reloadsDropNoRequest() throws IOException {
    times(2).in(root, "m", 1);
    yaml("runtime: { warmup: false }");
    try (HostFixture node = new HostFixture(root)) {
      List<Future<InferenceResult>> answers = new ArrayList<>();
      for (int reload = 0; reload < 8; reload++) {
        yaml("{ runtime: { warmup: false }, batching: { max-queue: " + (2000 + reload) + " } }");
        LoadedModel before = node.loaded("m");
        Future<Void> reloaded = node.host().load("m", Optional.empty(), Map.of());
        while (!reloaded.isComplete()) {
          for (int i = 0; i < 100; i++) {
            answers.add(
                node.host()
                    .inference()
                    .infer(request("m", Tensor.ofFloats("x", Shape.of(1, 1), 1))));
          }
          await(answers.get(answers.size() - 1));
        }
        await(reloaded);
        assertThat(node.loaded("m")).isNotSameAs(before);
      }

      answers.forEach(HostFixture::await);
      assertThat(answers).isNotEmpty().allMatch(Future::succeeded);
    }
  }

  @Test
  void aNodeIsNotReadyWithoutTheModelsItMustHave() {
    times(2).in(root, "m", 1);
    try (HostFixture node = new HostFixture(root, List.of("m"))) {
      assertThat(node.host().isReady()).isTrue();

      await(node.host().unload("m"));
      assertThat(node.host().isReady()).isFalse();
    }
    try (HostFixture node = new HostFixture(root, List.of("other"))) {
      assertThat(node.host().isReady()).isFalse();
    }
  }

  @Test
  void watchingGoesOnAfterAFailureAndAFolderThatVanished() throws Exception {
    Semaphore rounds = new Semaphore(0);
    Runnable failing =
        () -> {
          rounds.release();
          throw new IllegalStateException("on purpose");
        };
    try (RepositoryWatch watch = RepositoryWatch.start(root, failing)) {
      assertThat(watch.register(root.resolve("absent"))).isFalse();
      assertThat(RepositoryWatch.foldersIn(root.resolve("absent"))).isEmpty();

      times(2).in(root, "m", 1);
      assertThat(rounds.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
      Files.createDirectory(root.resolve("other"));
      assertThat(rounds.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void aRepositoryThatIsNotThereIsNamed() {
    Path absent = root.resolve("absent");

    assertThatThrownBy(() -> new HostFixture(absent))
        .hasStackTraceContaining("models.path: no such folder " + absent);
  }

  @Test
  void changesInTheFolderAreNoticed() throws Exception {
    CountDownLatch noticed = new CountDownLatch(1);
    try (RepositoryWatch watch = RepositoryWatch.start(root, noticed::countDown)) {
      times(2).in(root, "m", 1);

      assertThat(noticed.await(20, TimeUnit.SECONDS)).isTrue();
      assertThat(watch).isNotNull();
    }
  }
}
