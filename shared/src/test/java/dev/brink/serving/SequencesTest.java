package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.brink.inference.DataType;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.model.ModelSettings;
import dev.brink.model.SequenceSettings;
import dev.brink.resilience.ManualTicker;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonArray;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequencesTest {

  private static final Path SILERO = Path.of("..", "..", "shared", "models", "silero_vad");

  @TempDir private Path root;

  /** {@code total = x + before}, and {@code after = total} for the next request. */
  private HostFixture counting() throws IOException {
    OnnxFile.model()
        .node("Add", "total", "x", "before")
        .node("Identity", "after", "total")
        .input("x", OnnxFile.FLOAT, -1, 1)
        .input("before", OnnxFile.FLOAT, -1, 1)
        .output("total", OnnxFile.FLOAT, -1, 1)
        .output("after", OnnxFile.FLOAT, -1, 1)
        .in(root, "count", 1);
    Files.writeString(root.resolve("count/model.yaml"), "sequence: { state: { before: after } }");
    return new HostFixture(root);
  }

  private static InferenceRequest step(float x, Map<String, Object> parameters) {
    return HostFixture.request("count", Tensor.ofFloats("x", Shape.of(1, 1), x))
        .withParameters(Parameters.of(parameters));
  }

  private static float total(InferenceResponse response) {
    assertThat(response.outputs()).extracting(Tensor::name).containsExactly("total");
    return response.outputs().get(0).toFloats()[0];
  }

  @Test
  void eachSequenceGoesOnWhereItsOwnLastRequestEnded() throws IOException {
    try (HostFixture node = counting()) {
      node.answer(step(1, Map.of("sequence_id", 7, "sequence_start", true)));
      node.answer(step(10, Map.of("sequence_id", "seven", "sequence_start", true)));

      assertThat(total(node.answer(step(2, Map.of("sequence_id", 7))))).isEqualTo(3);
      assertThat(total(node.answer(step(20, Map.of("sequence_id", "seven"))))).isEqualTo(30);

      BigInteger high = BigInteger.TWO.pow(64).subtract(BigInteger.ONE);
      node.answer(step(5, Map.of("sequence_id", high, "sequence_start", true)));
      assertThat(total(node.answer(step(6, Map.of("sequence_id", high))))).isEqualTo(11);
    }
  }

  @Test
  void requestsOfOneSequenceSentAtOnceRunInOrder() throws IOException {
    try (HostFixture node = counting()) {
      List<Future<InferenceResult>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        InferenceRequest request = step(1, Map.of("sequence_id", 7, "sequence_start", i == 0));
        answers.add(node.host().inference().infer(request));
      }

      for (int i = 0; i < 20; i++) {
        assertThat(total((InferenceResponse) HostFixture.await(answers.get(i)))).isEqualTo(i + 1);
      }
    }
  }

  @Test
  void stateIsNothingThatCallersSee() throws IOException {
    try (HostFixture node = counting()) {
      assertThat(node.host().describe("count", "").inputs()).hasSize(1);
      assertThat(node.host().describe("count", "").outputs()).hasSize(1);
    }
  }

  @Test
  void aSequenceMustBeStartedAndEnds() throws IOException {
    try (HostFixture node = counting()) {
      InferenceError notStarted =
          new InferenceError.InvalidRequest(
              "inference request for sequence 7 to model 'count' must specify the START flag on the"
                  + " first request of the sequence");
      assertThat(node.refusal(step(1, Map.of("sequence_id", 7)))).isEqualTo(notStarted);

      node.answer(step(1, Map.of("sequence_id", 7, "sequence_start", true)));
      node.answer(step(1, Map.of("sequence_id", 7, "sequence_end", true)));

      assertThat(node.refusal(step(1, Map.of("sequence_id", 7)))).isEqualTo(notStarted);
    }
  }

  @Test
  void requestsMustNameTheirSequenceAndBeSingle() throws IOException {
    try (HostFixture node = counting()) {
      assertThat(node.refusal(step(1, Map.of())).message())
          .contains("must specify a non-zero or non-empty correlation ID");
      InferenceRequest two =
          HostFixture.request("count", Tensor.ofFloats("x", Shape.of(2, 1), 1, 2))
              .withParameters(Parameters.of(Map.of("sequence_id", 7, "sequence_start", true)));
      assertThat(node.refusal(two).message()).contains("must specify batch-size 1");
    }
  }

  @Test
  void sequencesAreBoundedAndForgottenWhenIdle() throws ModelLoadException {
    ManualTicker ticker = new ManualTicker();
    Sequences sequences = sequences(ticker, 2, Duration.ofSeconds(5));
    start(sequences, 1);
    start(sequences, 2);

    assertThat(refusal(sequences, 3)).isInstanceOf(InferenceError.Overloaded.class);
    ticker.advance(Duration.ofSeconds(6));
    start(sequences, 3);

    assertThat(sequences.size()).isEqualTo(1);
  }

  private static Sequences sequences(ManualTicker ticker, int max, Duration idle)
      throws ModelLoadException {
    Signature whole =
        Signature.of(List.of(spec("x"), spec("before")), List.of(spec("total"), spec("after")));
    SequenceSignature signature = SequenceSignature.of(whole, Map.of("before", "after"));
    RequestCheck check =
        new RequestCheck("count", signature.visible(), 1, ModelSettings.DEFAULT.input());
    SequenceSettings settings = new SequenceSettings(Map.of("before", "after"), max, idle);
    return new Sequences("count", settings, signature, check, ticker);
  }

  private static dev.brink.inference.TensorSpec spec(String name) {
    return new dev.brink.inference.TensorSpec(name, DataType.FP32, Shape.of(-1, 1));
  }

  private static Future<InferenceResult> done(float after) {
    List<Tensor> outputs =
        List.of(
            Tensor.ofFloats("total", Shape.of(1, 1), after),
            Tensor.ofFloats("after", Shape.of(1, 1), after));
    return Future.succeededFuture(
        new InferenceResponse("count", "1", "", Parameters.none(), outputs, null));
  }

  private static void start(Sequences sequences, int id) {
    send(sequences, Map.of("sequence_id", id, "sequence_start", true), done(1));
  }

  private static Future<InferenceResult> send(
      Sequences sequences, Map<String, Object> parameters, Future<InferenceResult> answer) {
    return sequences.infer(step(1, parameters), request -> answer).orElseThrow();
  }

  private static InferenceError refusal(Sequences sequences, int id) {
    try {
      start(sequences, id);
    } catch (InferenceException refused) {
      return refused.error();
    }
    throw new AssertionError("was taken");
  }

  private static Sequences sequences() throws ModelLoadException {
    return sequences(new ManualTicker(), 2, Duration.ofSeconds(5));
  }

  private static final InferenceError BUSY =
      new InferenceError.Overloaded("full", Duration.ofSeconds(1));

  @Test
  void aLastRequestThatIsNotTakenCanBeSentAgain() throws ModelLoadException {
    Sequences sequences = sequences();
    start(sequences, 1);
    Map<String, Object> last = Map.of("sequence_id", 1, "sequence_end", true);

    assertThat(send(sequences, last, InferenceException.failed(BUSY)).failed()).isTrue();
    assertThat(sequences.size()).isEqualTo(1);

    assertThat(send(sequences, last, done(2)).succeeded()).isTrue();
    assertThat(sequences.size()).isZero();
  }

  @Test
  void whatIsRetiredTakesNothingButWhatGoesOn() throws ModelLoadException {
    Sequences sequences = sequences();
    start(sequences, 1);

    assertThat(sequences.retire()).isTrue();

    Map<String, Object> begins = Map.of("sequence_id", 1, "sequence_start", true);
    assertThat(sequences.infer(step(1, begins), request -> done(1))).isEmpty();
    Map<String, Object> unknown = Map.of("sequence_id", 2);
    assertThat(sequences.infer(step(1, unknown), request -> done(1))).isEmpty();
    assertThat(send(sequences, Map.of("sequence_id", 1), done(2)).succeeded()).isTrue();
  }

  @Test
  void nothingComesBehindALastRequestThatIsNotAnsweredYet() throws ModelLoadException {
    Sequences sequences = sequences();
    start(sequences, 1);
    Promise<InferenceResult> last = Promise.promise();
    send(sequences, Map.of("sequence_id", 1, "sequence_end", true), last.future());

    assertThatThrownBy(() -> send(sequences, Map.of("sequence_id", 1), done(3)))
        .hasMessageContaining("must specify the START flag");
  }

  @Test
  void whatWaitsBehindARequestThatFailsIsNotRun() throws ModelLoadException {
    Sequences sequences = sequences();
    start(sequences, 1);
    Promise<InferenceResult> second = Promise.promise();
    Future<InferenceResult> answer = send(sequences, Map.of("sequence_id", 1), second.future());
    Future<InferenceResult> third = send(sequences, Map.of("sequence_id", 1), done(3));

    second.fail(BUSY.asException());

    assertThat(answer.failed()).isTrue();
    assertThat(InferenceException.errorOf(third.cause()))
        .isInstanceOf(InferenceError.Conflict.class);
    assertThat(send(sequences, Map.of("sequence_id", 1), done(2)).succeeded())
        .as("it can be sent again")
        .isTrue();
  }

  @Test
  void aStepWhoseCallerWasToldThatItIsTooLateHasNotBeenMade() throws ModelLoadException {
    Sequences sequences = sequences();
    start(sequences, 1);
    InferenceRequest late = step(1, Map.of("sequence_id", 1));
    Promise<InferenceResult> run = Promise.promise();
    Future<InferenceResult> answer = sequences.infer(late, request -> run.future()).orElseThrow();

    late.context().cancellation().cancel();
    done(5).onComplete(run);

    assertThat(InferenceException.errorOf(answer.cause()))
        .isInstanceOf(InferenceError.Cancelled.class);
    assertThat(stateOfNext(sequences, 1)).isEqualTo(1);
  }

  private static float stateOfNext(Sequences sequences, int id) {
    List<Tensor> inputs = new ArrayList<>();
    sequences
        .infer(
            step(1, Map.of("sequence_id", id)),
            whole -> {
              inputs.addAll(whole.inputs());
              return done(2);
            })
        .orElseThrow();
    assertThat(inputs.getLast().name()).isEqualTo("before");
    return inputs.getLast().toFloats()[0];
  }

  @Test
  void aStepThatBreaksIsAFailureAndBlocksNothing() throws ModelLoadException {
    ManualTicker ticker = new ManualTicker();
    Sequences sequences = sequences(ticker, 1, Duration.ofSeconds(5));
    start(sequences, 1);
    Future<InferenceResult> broken =
        sequences
            .infer(
                step(1, Map.of("sequence_id", 1)),
                request -> {
                  throw new IllegalStateException("on purpose");
                })
            .orElseThrow();

    assertThat(broken.cause()).hasMessage("on purpose");
    ticker.advance(Duration.ofSeconds(6));
    sequences.sweep();
    assertThat(sequences.size()).as("it is idle").isZero();
  }

  @Test
  void aStepInTurnThatBreaksIsAFailureToo() throws ModelLoadException {
    Sequences sequences = sequences();
    start(sequences, 1);
    Promise<InferenceResult> second = Promise.promise();
    send(sequences, Map.of("sequence_id", 1), second.future());
    Future<InferenceResult> third =
        sequences
            .infer(
                step(1, Map.of("sequence_id", 1)),
                request -> {
                  throw new IllegalStateException("on purpose");
                })
            .orElseThrow();

    done(2).onComplete(second);

    assertThat(third.cause()).hasMessage("on purpose");
  }

  @Test
  void aSequenceIsNotForgottenWhileARequestOfItRuns() throws ModelLoadException {
    ManualTicker ticker = new ManualTicker();
    Sequences sequences = sequences(ticker, 2, Duration.ofSeconds(5));
    start(sequences, 1);
    Promise<InferenceResult> running = Promise.promise();
    send(sequences, Map.of("sequence_id", 1), running.future());
    ticker.advance(Duration.ofSeconds(3));
    start(sequences, 2);

    ticker.advance(Duration.ofSeconds(6));
    sequences.sweep();
    assertThat(sequences.size()).as("2 is idle, 1 is not").isEqualTo(1);

    done(2).onComplete(running);
    sequences.sweep();
    assertThat(sequences.size()).as("idle since its answer").isEqualTo(1);
    ticker.advance(Duration.ofSeconds(6));
    sequences.sweep();
    assertThat(sequences.size()).isZero();
  }

  @Test
  void sequencesOfTwoTenantsDoNotMix() throws IOException {
    try (HostFixture node = counting()) {
      node.answer(of("a", step(1, Map.of("sequence_id", 7, "sequence_start", true))));
      node.answer(of("b", step(10, Map.of("sequence_id", 7, "sequence_start", true))));

      assertThat(total(node.answer(of("a", step(2, Map.of("sequence_id", 7)))))).isEqualTo(3);
      assertThat(total(node.answer(of("b", step(20, Map.of("sequence_id", 7)))))).isEqualTo(30);
      assertThat(node.refusal(step(1, Map.of("sequence_id", 7))).message()).contains("START flag");
    }
  }

  private static InferenceRequest of(String tenant, InferenceRequest request) {
    RequestContext context = request.context();
    return request.withContext(
        new RequestContext(context.deadline(), 0, tenant, "", "", context.cancellation()));
  }

  @Test
  void stateThatDoesNotFitItsInputIsRefusedAtLoad() {
    Signature whole =
        Signature.of(
            List.of(spec("x", DataType.FP32, -1, 1), spec("before", DataType.FP32, 2, 3)),
            List.of(
                spec("wider", DataType.FP32, 2, 4),
                spec("deeper", DataType.FP32, 2, 3, 1),
                spec("count", DataType.INT64, 2, 3),
                spec("open", DataType.FP32, -1, 3)));

    for (String output : List.of("wider", "deeper", "count")) {
      assertThatThrownBy(() -> SequenceSignature.of(whole, Map.of("before", output)))
          .hasMessageStartingWith("model.yaml: sequence.state.before: " + output + " (expected: ");
    }
    assertThatCode(() -> SequenceSignature.of(whole, Map.of("before", "open")))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> new SequenceSettings(Map.of("a", "s", "b", "s"), 1, Duration.ZERO))
        .hasMessage("state: {a=s, b=s} (expected: another output for each input)");
  }

  private static dev.brink.inference.TensorSpec spec(String name, DataType type, long... shape) {
    return new dev.brink.inference.TensorSpec(name, type, Shape.of(shape));
  }

  @Test
  void aRowIsOneInInputsOfOneDimensionToo() throws ModelLoadException {
    Signature rows =
        Signature.of(
            List.of(spec("x", DataType.FP32, -1), spec("before", DataType.FP32, -1)),
            List.of(spec("after", DataType.FP32, -1)));
    SequenceSignature signature = SequenceSignature.of(rows, Map.of("before", "after"));

    assertThatThrownBy(
            () ->
                signature.requireSingle(
                    "m", new Tensor[] {Tensor.ofFloats("x", Shape.of(2), 1, 2)}))
        .hasMessageContaining("must specify batch-size 1");
  }

  private void reload(HostFixture node, int maxQueue) throws IOException {
    Files.writeString(
        root.resolve("count/model.yaml"),
        "{ sequence: { state: { before: after } }, batching: { max-queue: " + maxQueue + " } }");
    HostFixture.await(node.host().load("count", Optional.empty(), Map.of()));
  }

  @Test
  void sequencesGoOnWhereTheyBeganWhileTheModelIsReloaded() throws IOException {
    try (HostFixture node = counting()) {
      node.answer(step(1, Map.of("sequence_id", 7, "sequence_start", true)));
      LoadedModel before = node.loaded("count");
      List<Future<InferenceResult>> answers = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        answers.add(node.host().inference().infer(step(1, Map.of("sequence_id", 7))));
      }
      reload(node, 300);
      node.answer(step(5, Map.of("sequence_id", 8, "sequence_start", true)));

      for (int i = 0; i < 20; i++) {
        assertThat(total((InferenceResponse) HostFixture.await(answers.get(i)))).isEqualTo(i + 2);
      }
      assertThat(total(node.answer(step(1, Map.of("sequence_id", 7))))).isEqualTo(22);
      assertThat(before.sequenceCount()).as("8 began elsewhere").isEqualTo(1);

      node.answer(step(1, Map.of("sequence_id", 7, "sequence_end", true)));
      assertThat(before.sequenceCount()).isZero();
      assertThat(total(node.answer(step(1, Map.of("sequence_id", 8))))).isEqualTo(6);
    }
  }

  @Test
  void aSequenceThatIsBegunAnewAfterAReloadGoesOnThere() throws IOException {
    try (HostFixture node = counting()) {
      node.answer(step(1, Map.of("sequence_id", 7, "sequence_start", true)));
      LoadedModel before = node.loaded("count");
      reload(node, 300);

      node.answer(step(10, Map.of("sequence_id", 7, "sequence_start", true)));

      assertThat(before.sequenceCount()).isZero();
      assertThat(total(node.answer(step(1, Map.of("sequence_id", 7))))).isEqualTo(11);
    }
  }

  @Test
  void aBeginningThatIsRefusedEndsNothing() throws IOException {
    try (HostFixture node = counting()) {
      node.answer(step(1, Map.of("sequence_id", 7, "sequence_start", true)));
      reload(node, 300);

      Map<String, Object> begins = Map.of("sequence_id", 7, "sequence_start", true);
      InferenceRequest bad =
          HostFixture.request("count", Tensor.ofFloats("z", Shape.of(1, 1), 1))
              .withParameters(Parameters.of(begins));
      assertThat(node.refusal(bad)).isInstanceOf(InferenceError.InvalidRequest.class);

      assertThat(total(node.answer(step(1, Map.of("sequence_id", 7))))).isEqualTo(2);
    }
  }

  private void addVersion2(HostFixture node) throws IOException {
    Files.createDirectories(root.resolve("count/2"));
    Files.copy(root.resolve("count/1/model.onnx"), root.resolve("count/2/model.onnx"));
    HostFixture.await(node.host().load("count", Optional.empty(), Map.of()));
  }

  @Test
  void sequencesGoOnWhereTheyBeganBesideALaterVersion() throws IOException {
    try (HostFixture node = counting()) {
      Files.writeString(
          root.resolve("count/model.yaml"),
          "{ version-policy: all, sequence: { state: { before: after } } }");
      HostFixture.await(node.host().load("count", Optional.empty(), Map.of()));
      node.answer(step(1, Map.of("sequence_id", 7, "sequence_start", true)));
      LoadedModel first = node.loaded("count");
      addVersion2(node);

      InferenceResponse next = node.answer(step(2, Map.of("sequence_id", 7)));
      assertThat(next.modelVersion()).isEqualTo("1");
      assertThat(total(next)).isEqualTo(3);
      assertThat(first.sequenceCount()).isEqualTo(1);

      node.answer(step(10, Map.of("sequence_id", 7, "sequence_start", true)));
      assertThat(first.sequenceCount()).as("begun anew on version 2").isZero();
      InferenceResponse anew = node.answer(step(1, Map.of("sequence_id", 7)));
      assertThat(anew.modelVersion()).isEqualTo("2");
      assertThat(total(anew)).isEqualTo(11);
    }
  }

  @Test
  void aVersionThatHasASuccessorIsKnownByItsSequences() throws IOException {
    try (HostFixture node = counting()) {
      node.answer(step(1, Map.of("sequence_id", 7, "sequence_start", true)));
      addVersion2(node);
      ModelHost host = node.host();
      InferenceRequest next = ofVersion1(step(2, Map.of("sequence_id", 7)));
      InferenceRequest unknown = ofVersion1(step(2, Map.of("sequence_id", 8)));

      assertThat(host.settings("count", "1")).isEmpty();
      assertThat(host.mayAnswer("count", "1")).isTrue();
      assertThat(host.mayAnswer("count", "3")).isFalse();
      assertThat(host.keepsSequences(next)).isTrue();
      assertThat(host.estimate(next)).isPresent();
      assertThat(host.keepsSequences(unknown)).isFalse();
      assertThat(total(node.answer(next))).isEqualTo(3);
    }
  }

  private static InferenceRequest ofVersion1(InferenceRequest request) {
    return new InferenceRequest(
        request.modelName(),
        "1",
        request.id(),
        request.parameters(),
        request.inputs(),
        request.outputs(),
        request.context());
  }

  /** Says when it is closed. */
  private static final class Watched extends PassingOn {

    private final AtomicReference<Runnable> closing;

    private Watched(Executable model, AtomicReference<Runnable> closing) {
      super(model);
      this.closing = closing;
    }

    @Override
    public void close() {
      closing.get().run();
      super.close();
    }
  }

  @Test
  void sequencesGoOnWhileWhatServedBeforeThemIsClosed() throws Exception {
    HostedModels models = new HostedModels(Ticker.system());
    AtomicReference<Runnable> closing = new AtomicReference<>(() -> {});
    SessionOpener watched =
        (file, settings, threads) ->
            new Watched(new SessionFactory(false).open(file, settings, threads), closing);
    try (Workers workers = new Workers(1, Ticker.system())) {
      counting().close();
      ModelLoader loader =
          new ModelLoader(new Answerer("node", Route.EDGE), watched, workers, Ticker.system());
      Repository repository = new Repository(root, loader, models);
      repository.follow();
      start(models, 1);
      settings("300");
      repository.follow();
      start(models, 2);
      List<Float> totals = new ArrayList<>();
      InferenceRequest next = step(1, Map.of("sequence_id", 2));
      closing.set(() -> totals.add(total(answer(models, next))));

      settings("400");
      repository.follow();

      closing.set(() -> {});
      repository.close();
      assertThat(totals).as("as the first one was closed").containsExactly(2f);
    }
  }

  private static InferenceResponse answer(HostedModels models, InferenceRequest request) {
    return (InferenceResponse) HostFixture.await(new LocalInference(models).infer(request));
  }

  @Test
  void beginningsAreNotRefusedWhileTheModelIsReloaded() throws IOException {
    try (HostFixture node = counting()) {
      List<Future<InferenceResult>> answers = new ArrayList<>();
      int id = 1;
      for (int reload = 0; reload < 4; reload++) {
        Files.writeString(
            root.resolve("count/model.yaml"),
            "{ sequence: { state: { before: after } }, batching: { max-queue: "
                + (300 + reload)
                + " } }");
        Future<Void> reloaded = node.host().load("count", Optional.empty(), Map.of());
        while (!reloaded.isComplete()) {
          Map<String, Object> single =
              Map.of("sequence_id", id++, "sequence_start", true, "sequence_end", true);
          answers.add(node.host().inference().infer(step(1, single)));
          HostFixture.await(answers.getLast().otherwiseEmpty());
        }
        HostFixture.await(reloaded);
      }

      assertThat(answers).isNotEmpty().allMatch(Future::succeeded);
    }
  }

  @Test
  void whatIsRetiredIsClosedWhenItsSequencesHaveEndedOrAfterALongTime() throws Exception {
    ManualTicker ticker = new ManualTicker();
    HostedModels models = new HostedModels(ticker);
    try (Workers workers = new Workers(1, ticker)) {
      counting().close();
      ModelLoader loader =
          new ModelLoader(
              new Answerer("node", Route.EDGE), new SessionFactory(false), workers, ticker);
      Repository repository = new Repository(root, loader, models);
      repository.follow();
      start(models, 1);
      start(models, 2);
      settings("300");
      repository.follow();
      repository.closeRetired();
      assertThat(models.retiring().all()).as("two sequences are under way").hasSize(1);

      start(models, 3);
      settings("400");
      repository.follow();
      repository.closeRetired();
      assertThat(models.retiring().all())
          .as("only what served before the last load")
          .singleElement()
          .satisfies(model -> assertThat(model.sequenceCount()).isEqualTo(1));

      ticker.advance(RetiringModels.LONGEST.plusSeconds(1));
      repository.closeRetired();
      assertThat(models.retiring().all()).isEmpty();
      repository.close();
    }
  }

  private void settings(String maxQueue) throws IOException {
    Files.writeString(
        root.resolve("count/model.yaml"),
        "{ sequence: { state: { before: after }, max-idle: 1h }, batching: { max-queue: "
            + maxQueue
            + " } }");
  }

  private static void start(HostedModels models, int id) {
    answer(models, step(1, Map.of("sequence_id", id, "sequence_start", true)));
  }

  @Test
  void aVoiceDetectorHearsTheWholeRecording() throws IOException {
    assumeTrue(Files.exists(SILERO.resolve("chain_probs.json")));
    Files.createDirectories(root.resolve("vad/1"));
    Files.copy(SILERO.resolve("model.onnx"), root.resolve("vad/1/model.onnx"));
    Files.writeString(
        root.resolve("vad/model.yaml"),
        "{ sequence: { state: { state: stateN } }, runtime: { sample-shapes: { input: '1,576' } }"
            + " }");
    ByteBuffer sound =
        ByteBuffer.wrap(Files.readAllBytes(SILERO.resolve("chain_16k_f32.bin")))
            .order(ByteOrder.LITTLE_ENDIAN);
    JsonArray expected = new JsonArray(Files.readString(SILERO.resolve("chain_probs.json")));
    try (HostFixture node = new HostFixture(root)) {
      float[] window = new float[576];
      for (int i = 0; i < 40; i++) {
        System.arraycopy(window, 512, window, 0, 64);
        for (int j = 0; j < 512; j++) {
          window[64 + j] = sound.getFloat();
        }
        InferenceResponse response = node.answer(sound(window, i == 0));
        assertThat(response.output("output").orElseThrow().toFloats()[0])
            .isCloseTo(expected.getFloat(i), within(1e-4f));
      }
    }
  }

  private static InferenceRequest sound(float[] window, boolean start) {
    Tensor rate =
        Tensor.of(
            "sr",
            DataType.INT64,
            Shape.of(),
            ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 16_000));
    return HostFixture.request("vad", Tensor.ofFloats("input", Shape.of(1, 576), window), rate)
        .withParameters(Parameters.of(Map.of("sequence_id", 5, "sequence_start", start)));
  }
}
