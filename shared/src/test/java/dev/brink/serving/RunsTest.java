package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtException;
import dev.brink.inference.DataType;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.model.RuntimeSettings;
import dev.brink.resilience.Ticker;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunsTest {

  private static final int WIDTH = 256;

  @TempDir private Path root;

  private final LatencyProfile profile = new LatencyProfile(8);
  private final ModelTotals totals = new ModelTotals();
  private final Runs runs =
      new Runs("m", "1", new Answerer("node", Route.EDGE), profile, totals, Ticker.system());

  private OrtModel open() throws ModelLoadException {
    return new SessionFactory(false)
        .open(root.resolve("m/1/model.onnx"), RuntimeSettings.DEFAULT, 1);
  }

  /** {@code y = weights[x]}: refuses what is no row of the weights, and all of the run with it. */
  private OrtModel picky() throws ModelLoadException {
    OnnxFile.model()
        .node("Gather", "y", "w", "x")
        .weights("w", 3, 1, 10, 20, 30)
        .input("x", OnnxFile.INT64, -1)
        .output("y", OnnxFile.FLOAT, -1, 1)
        .in(root, "m", 1);
    return open();
  }

  /** Many steps one after another, so that a run can be ended between two of them. */
  private OrtModel slow() throws ModelLoadException {
    OnnxFile model =
        OnnxFile.model()
            .weights("w", WIDTH, WIDTH, new float[WIDTH * WIDTH])
            .input("x", OnnxFile.FLOAT, -1, WIDTH)
            .output("y", OnnxFile.FLOAT, -1, WIDTH);
    String last = "x";
    for (int i = 0; i < 3000; i++) {
      model.node("MatMul", "step" + i, last, "w");
      last = "step" + i;
    }
    model.node("Identity", "y", last).in(root, "m", 1);
    return open();
  }

  private final HandOver handOver = new HandOver();

  private static PendingRequest index(long index) {
    ByteBuffer raw = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, index);
    return pending(Tensor.of("x", DataType.INT64, Shape.of(1), raw));
  }

  private static PendingRequest pending(Tensor input) {
    InferenceRequest request = HostFixture.request("m", input);
    int rows = (int) input.shape().dimension(0);
    PendingRequest pending =
        new PendingRequest(
            request, new Tensor[] {input}, new int[] {0}, rows, 5, System.nanoTime());
    pending.start();
    return pending;
  }

  private static float value(PendingRequest answered) {
    assertThat(answered.future().succeeded()).isTrue();
    InferenceResponse response = (InferenceResponse) answered.future().result();
    return response.outputs().get(0).toFloats()[0];
  }

  @Test
  void oneBadRequestFailsAloneAndItsRunMatesAreAnswered() throws Exception {
    try (OrtModel model = picky();
        InstanceSlot slot = new InstanceSlot("m", new DeviceSession(model, provider -> model))) {
      List<PendingRequest> run = List.of(index(0), index(1), index(99), index(2));

      runs.run(slot, run, handOver);

      assertThat(value(run.get(0))).isEqualTo(10);
      assertThat(value(run.get(1))).isEqualTo(20);
      assertThat(value(run.get(3))).isEqualTo(30);
      assertThat(InferenceException.errorOf(run.get(2).future().cause()))
          .isInstanceOf(InferenceError.InvalidRequest.class);
    }
  }

  @Test
  void oneThatTheModelFailsOnCountsAsUnanswered() throws Exception {
    picky().close();
    try (HostFixture node = new HostFixture(root)) {
      ByteBuffer raw = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, 99);
      Tensor bad = Tensor.of("x", DataType.INT64, Shape.of(1), raw);

      assertThat(node.refusal(HostFixture.request("m", bad)))
          .isInstanceOf(InferenceError.InvalidRequest.class);

      assertThat(node.host().statistics("m", "").get(0).fail().count()).isEqualTo(1);
      assertThat(node.host().activity().get(0).unanswered()).containsEntry("failed", 1L);
    }
  }

  @Test
  void requestsInOneRunGetTheirOwnRows() throws Exception {
    try (OrtModel model = picky();
        InstanceSlot slot = new InstanceSlot("m", new DeviceSession(model, provider -> model))) {
      for (int round = 0; round < 3; round++) {
        List<PendingRequest> run = List.of(index(2), index(0), index(1));

        runs.run(slot, run, handOver);

        assertThat(run).extracting(RunsTest::value).containsExactly(30f, 10f, 20f);
      }
      assertThat(totals.snapshot("m", "1", 0).batches()).containsOnlyKeys(3);
    }
  }

  private OrtModel signs() throws ModelLoadException {
    OnnxFile.model()
        .node("Identity", "same", "x")
        .node("Neg", "opposite", "x")
        .input("x", OnnxFile.FLOAT, -1, 1)
        .output("same", OnnxFile.FLOAT, -1, 1)
        .output("opposite", OnnxFile.FLOAT, -1, 1)
        .in(root, "m", 1);
    return open();
  }

  private static PendingRequest asking(float value, int... outputs) {
    Tensor input = Tensor.ofFloats("x", Shape.of(1, 1), value);
    PendingRequest pending =
        new PendingRequest(
            HostFixture.request("m", input),
            new Tensor[] {input},
            outputs,
            1,
            5,
            System.nanoTime());
    pending.start();
    return pending;
  }

  private static List<Float> values(PendingRequest answered) {
    return ((InferenceResponse) answered.future().result())
        .outputs().stream().map(output -> output.toFloats()[0]).toList();
  }

  /** MLServer forgot what was asked for when requests shared a run (its issue 514). */
  @Test
  void whatEachRequestAskedForIsKeptInSharedRuns() throws Exception {
    try (OrtModel model = signs();
        InstanceSlot slot = new InstanceSlot("m", new DeviceSession(model, provider -> model))) {
      for (int round = 0; round < 3; round++) {
        List<PendingRequest> run =
            List.of(asking(1, 1), asking(2, 0, 1), asking(3, 1, 0), asking(4, 0));

        runs.run(slot, run, handOver);

        assertThat(run)
            .extracting(RunsTest::values)
            .containsExactly(List.of(-1f), List.of(2f, -2f), List.of(-3f, 3f), List.of(4f));
      }
    }
  }

  @Test
  void aRunThatNobodyWaitsForIsEnded() throws Exception {
    try (OrtModel model = slow();
        InstanceSlot slot = new InstanceSlot("m", new DeviceSession(model, provider -> model))) {
      PendingRequest request = pending(Tensor.ofFloats("x", Shape.of(64, WIDTH), rows()));
      request.fail(new InferenceError.Cancelled("gone"));
      AtomicBoolean done = new AtomicBoolean();
      Thread watcher =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!done.get()) {
                      slot.endIfUnwanted(System.nanoTime());
                      Thread.onSpinWait();
                    }
                  });

      assertThatThrownBy(() -> slot.run(List.of(request))).isInstanceOf(OrtException.class);
      done.set(true);
      watcher.join();

      assertThat(slot.wasTerminated()).isTrue();
      PendingRequest next = pending(Tensor.ofFloats("x", Shape.of(1, WIDTH), new float[WIDTH]));
      assertThat(slot.run(List.of(next)).outputs()[0]).hasSize(1);
    }
  }

  private static float[] rows() {
    return new float[64 * WIDTH];
  }

  @Test
  void aRequestPastItsDeadlineIsNeverRun() {
    OnnxFile.identity(OnnxFile.FLOAT).in(root, "m", 1);
    try (HostFixture node = new HostFixture(root)) {
      InferenceRequest request =
          HostFixture.request("m", Tensor.ofFloats("x", Shape.of(1, 2), 1, 2));
      InferenceRequest late =
          request.withContext(
              request
                  .context()
                  .withDeadline(new dev.brink.inference.Deadline(System.nanoTime() - 1)));

      assertThat(node.refusal(late)).isInstanceOf(InferenceError.DeadlineExceeded.class);
      assertThat(node.host().statistics("m", "").get(0).executions()).isZero();
      assertThat(node.host().statistics("m", "").get(0).fail().count()).isEqualTo(1);
      assertThat(node.host().activity().get(0).unanswered()).containsEntry("expired", 1L);
    }
  }
}
