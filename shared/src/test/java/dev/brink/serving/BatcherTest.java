package dev.brink.serving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Parameters;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.model.BatchingSettings;
import dev.brink.model.ExecutionProvider;
import dev.brink.model.RuntimeSettings;
import dev.brink.resilience.Ticker;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BatcherTest {

  private static final Ticker TICKER = Ticker.system();

  @TempDir private Path root;

  private final LatencyProfile profile = new LatencyProfile(64);
  private final Workers workers = new Workers(2, TICKER);
  private final BlockingQueue<List<PendingRequest>> runs = new LinkedBlockingQueue<>();
  private final List<InstanceSlot> opened = new ArrayList<>();
  private OrtModel model;

  @BeforeEach
  void open() throws Exception {
    OnnxFile.identity(OnnxFile.FLOAT).in(root, "m", 1);
    model =
        new SessionFactory(false).open(root.resolve("m/1/model.onnx"), RuntimeSettings.DEFAULT, 1);
  }

  @AfterEach
  void close() {
    workers.close();
    opened.forEach(InstanceSlot::close);
    model.close();
  }

  private Batcher batcher(BatchingSettings settings, Batcher.Runner runner, int instances)
      throws Exception {
    BatchQueue queue = new BatchQueue(settings, profile, true);
    Batcher batcher = new Batcher("m", queue, true, workers, runner, TICKER);
    List<InstanceSlot> slots = new ArrayList<>();
    for (int i = 0; i < instances; i++) {
      slots.add(new InstanceSlot("m", new DeviceSession(model, provider -> model)));
    }
    batcher.add(slots);
    opened.addAll(slots);
    return batcher;
  }

  private void answer(List<PendingRequest> requests, Worker worker) {
    runs.add(requests);
    for (PendingRequest request : requests) {
      request.succeed(
          new InferenceResponse(
              "m",
              "1",
              "",
              Parameters.none(),
              List.of(),
              new Answerer("node", Route.EDGE).provenance(0, 0)),
          worker.handOver(),
          TICKER.nanos());
    }
  }

  private static PendingRequest request(int width) {
    Tensor input = Tensor.ofFloats("x", Shape.of(1, width), new float[width]);
    return new PendingRequest(
        HostFixture.request("m", input), new Tensor[] {input}, new int[] {0}, 1, 5, TICKER.nanos());
  }

  private List<PendingRequest> nextRun() throws InterruptedException {
    return runs.poll(20, TimeUnit.SECONDS);
  }

  @Test
  void aFullRunDoesNotWaitForTheRestOfItsDelay() throws Exception {
    BatchingSettings patient =
        BatchingSettings.DEFAULT.withMaxSize(3).withMaxDelay(Duration.ofHours(1)).withoutLearning();
    Batcher batcher = batcher(patient, (slot, run, more, worker) -> answer(run, worker), 1);
    batcher.submit(request(2));
    batcher.submit(request(2));
    assertThat(runs).isEmpty();

    batcher.submit(request(2));

    assertThat(nextRun()).hasSize(3);
  }

  @Test
  void aRunBeginsWhenItsDelayIsOver() throws Exception {
    BatchingSettings patient =
        BatchingSettings.DEFAULT.withMaxDelay(Duration.ofMillis(20)).withoutLearning();
    Batcher batcher = batcher(patient, (slot, run, more, worker) -> answer(run, worker), 1);
    batcher.submit(request(2));

    assertThat(nextRun()).hasSize(1);
  }

  /** What an idle instance could run must not wait for a busy one to come to it. */
  @Test
  void requestsThatCannotShareARunKeepAllInstancesBusy() throws Exception {
    CyclicBarrier bothRun = new CyclicBarrier(2);
    Batcher batcher =
        batcher(
            BatchingSettings.DEFAULT.withoutLearning(),
            (slot, run, more, worker) -> {
              try {
                bothRun.await(20, TimeUnit.SECONDS);
                answer(run, worker);
              } catch (Exception alone) {
                throw new AssertionError(alone);
              }
            },
            2);
    Vertx vertx = Vertx.vertx();
    vertx.runOnContext(
        ignored -> {
          batcher.submit(request(2));
          batcher.submit(request(3));
        });

    assertThat(nextRun()).hasSize(1);
    assertThat(nextRun()).hasSize(1);
    HostFixture.await(vertx.close());
  }

  @Test
  void aRunThatBreaksFailsItsRequestsAndNoOthers() throws Exception {
    Batcher batcher =
        batcher(
            BatchingSettings.DEFAULT.withMaxSize(1),
            (slot, run, more, worker) -> {
              if (run.get(0).input(0).shape().dimension(1) == 7) {
                throw new LinkageError("of this run");
              }
              answer(run, worker);
            },
            1);
    PendingRequest broken = request(7);
    PendingRequest next = request(2);
    batcher.submit(broken);
    batcher.submit(next);

    assertThat(nextRun()).containsExactly(next);
    assertThat(InferenceException.errorOf(broken.future().cause()))
        .isInstanceOf(InferenceError.Internal.class);
  }

  @Test
  void nobodyIsSaidToWaitForAWorkerOnceNobodyDoes() throws Exception {
    CountDownLatch busy = new CountDownLatch(1);
    try (Workers one = new Workers(1, TICKER)) {
      one.add(
          worker -> {
            try {
              assertThat(busy.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException stopped) {
              throw new AssertionError(stopped);
            }
          });
      Batcher batcher =
          new Batcher(
              "m",
              new BatchQueue(BatchingSettings.DEFAULT, profile, true),
              false,
              one,
              (slot, run, more, worker) -> answer(run, worker),
              TICKER);
      InstanceSlot slot = new InstanceSlot("m", new DeviceSession(model, provider -> model));
      opened.add(slot);
      batcher.add(List.of(slot));
      batcher.submit(request(2));
      busy.countDown();
      nextRun();
      assertThat(batcher.workerNanos()).isPositive();

      batcher.close();
      for (int i = 0; i < 500; i++) {
        batcher.sweep();
      }

      assertThat(batcher.workerNanos()).isZero();
    }
  }

  @Test
  void aDeviceIsPreferredToTheCpuThatStandsInForAnother() throws Exception {
    List<InstanceSlot> used = new ArrayList<>();
    CountDownLatch both = new CountDownLatch(2);
    Batcher batcher =
        batcher(
            BatchingSettings.DEFAULT,
            (slot, run, more, worker) -> {
              used.add(slot);
              answer(run, worker);
              both.countDown();
            },
            1);
    FakeAccelerator device = FakeAccelerator.on(model, new Placement(ExecutionProvider.CUDA, 0));
    InstanceSlot onDevice = new InstanceSlot("m", new DeviceSession(device, provider -> device));
    opened.add(onDevice);
    batcher.add(List.of(onDevice));
    for (int i = 0; i < 2; i++) {
      PendingRequest request = request(2);
      batcher.submit(request);
      nextRun();
    }

    assertThat(both.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(used).containsOnly(onDevice);
  }

  @Test
  void closingAnswersWhatWaitsAndTakesNothingNew() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Batcher batcher =
        batcher(
            BatchingSettings.DEFAULT.withMaxSize(1),
            (slot, run, more, worker) -> {
              begun.countDown();
              try {
                assertThat(goOn.await(20, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException stopped) {
                throw new AssertionError(stopped);
              }
              answer(run, worker);
            },
            1);
    List<PendingRequest> waiting = List.of(request(2), request(2), request(2));
    waiting.forEach(batcher::submit);
    assertThat(begun.await(20, TimeUnit.SECONDS)).isTrue();
    Thread closing = Thread.ofPlatform().start(batcher::close);
    goOn.countDown();
    closing.join();

    assertThat(waiting).allMatch(request -> request.future().succeeded());
    assertThat(batcher.submit(request(2))).isFalse();
  }
}
