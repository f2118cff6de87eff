package dev.brink.edge.outbox;

import static dev.brink.edge.outbox.store.StoreFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.edge.outbox.store.Job;
import dev.brink.edge.outbox.store.JobState;
import dev.brink.inference.FakeInferenceService;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.resilience.ManualTicker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DrainTest {

  @TempDir Path folder;
  private final Vertx vertx = Vertx.vertx();
  private final ManualTicker ticker = new ManualTicker();
  private final AtomicBoolean linkUp = new AtomicBoolean(true);
  private final AtomicInteger room = new AtomicInteger(100);
  private final LinkedBlockingQueue<String> settled = new LinkedBlockingQueue<>();
  private Outbox outbox;

  @BeforeEach
  void open() {
    outbox =
        Outbox.open(Requests.settings(folder.resolve("outbox.db")), InstantSource.system(), ticker);
  }

  @AfterEach
  void close() throws IOException {
    await(vertx.close());
    outbox.close();
  }

  @Test
  void aJobIsSentUnderItsOwnIdAndItsAnswerKept() throws InterruptedException {
    FakeInferenceService cloud =
        FakeInferenceService.behaving(request -> Future.succeededFuture(Requests.answer(request)));
    String id = await(outbox.enqueue(Requests.request("hello"))).jobId();

    drain(cloud, 1);

    InferenceRequest sent = cloud.requests().get(0);
    assertThat(sent.context().idempotencyKey()).isEqualTo(id);
    assertThat(sent.context().priority()).isGreaterThan(1_000_000);
    assertThat(answerOf(id).provenance().jobId()).isEqualTo(id);
    assertThat(answerOf(id).outputs().get(0).toStrings()).containsExactly("hello");
  }

  @Test
  void aClientsMistakeEndsTheJob() throws InterruptedException {
    String id = await(outbox.enqueue(Requests.request("hello"))).jobId();

    drain(FakeInferenceService.failing(new InferenceError.InvalidRequest("bad shape")), 1);

    Job job = jobOf(id);
    assertThat(job.state()).isEqualTo(JobState.FAILED);
    assertThat(job.error().orElseThrow().toError())
        .isEqualTo(new InferenceError.InvalidRequest("bad shape"));
  }

  @Test
  void aCloudThatDoesNotTrustThisSiteYetPutsTheJobBack() throws InterruptedException {
    String id = await(outbox.enqueue(Requests.request("hello"))).jobId();

    drain(FakeInferenceService.failing(new InferenceError.Forbidden("not in tenants.trusted")), 1);

    assertThat(jobOf(id).state()).isEqualTo(JobState.QUEUED);
  }

  @Test
  void anUnavailableCloudPutsTheJobBack() throws InterruptedException {
    String id = await(outbox.enqueue(Requests.request("hello"))).jobId();

    drain(
        FakeInferenceService.failing(
            new InferenceError.Unavailable("restarting", Duration.ofSeconds(1))),
        1);

    assertThat(jobOf(id).state()).isEqualTo(JobState.QUEUED);
    assertThat(jobOf(id).attempts()).isEqualTo(1);
  }

  @Test
  void aLineThatBreaksAllTheTimeIsNotAFullCloud() throws InterruptedException {
    for (int i = 0; i < 40; i++) {
      await(outbox.enqueue(Requests.request("job " + i)));
    }
    AtomicInteger calls = new AtomicInteger();
    FakeInferenceService cloud =
        FakeInferenceService.behaving(
            request ->
                calls.incrementAndGet() % 2 == 0
                    ? Future.failedFuture(
                        new InferenceError.Unavailable("no answer", Duration.ofSeconds(1))
                            .asException())
                    : Future.succeededFuture(Requests.answer(request)));

    // No time passes: a pause would be for ever.
    drain(cloud, 40);

    assertThat(outbox.store().usage().count(JobState.DONE)).isEqualTo(20);
    assertThat(outbox.store().usage().count(JobState.QUEUED)).isEqualTo(20);
  }

  @Test
  void internalErrorsAreTriedOnlyAFewTimes() throws InterruptedException {
    String id = await(outbox.enqueue(Requests.request("hello"))).jobId();
    FakeInferenceService cloud =
        FakeInferenceService.failing(new InferenceError.Internal("internal error"));
    Drain drain = newDrain(cloud);

    drainOn(drain, 1);
    ticker.advance(Duration.ofMinutes(20));
    drainOn(drain, 1);

    assertThat(cloud.requests()).hasSize(2);
    assertThat(jobOf(id).state()).isEqualTo(JobState.FAILED);
  }

  @Test
  void nothingIsSentWhileTheLinkIsDownOrLiveTrafficLeavesNoRoom() {
    await(outbox.enqueue(Requests.request("hello")));
    FakeInferenceService cloud =
        FakeInferenceService.behaving(request -> Future.succeededFuture(Requests.answer(request)));
    Drain drain = newDrain(cloud);

    linkUp.set(false);
    tick(drain);
    linkUp.set(true);
    room.set(0);
    tick(drain);
    await(outbox.store().sweep());

    assertThat(cloud.requests()).isEmpty();
    assertThat(outbox.store().usage().count(JobState.QUEUED)).isEqualTo(1);
  }

  @Test
  void noMoreThanTheConcurrencyIsUnderWay() throws InterruptedException {
    for (int i = 0; i < 40; i++) {
      await(outbox.enqueue(Requests.request("job " + i)));
    }
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    FakeInferenceService cloud =
        FakeInferenceService.behaving(
            request -> {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
              Promise<InferenceResult> answer = Promise.promise();
              vertx.runOnContext(
                  ignored -> {
                    running.decrementAndGet();
                    answer.complete(Requests.answer(request));
                  });
              return answer.future();
            });

    drain(cloud, 40);

    assertThat(most.get()).isBetween(2, Requests.drain().concurrency());
    assertThat(outbox.store().usage().count(JobState.DONE)).isEqualTo(40);
  }

  @Test
  void withdrawingAJobCancelsItsAttempt() throws InterruptedException {
    String id = await(outbox.enqueue(Requests.request("hello"))).jobId();
    List<InferenceRequest> sent = new ArrayList<>();
    Promise<Void> arrived = Promise.promise();
    FakeInferenceService cloud =
        FakeInferenceService.behaving(
            request -> {
              Promise<InferenceResult> answer = Promise.promise();
              request
                  .context()
                  .cancellation()
                  .onCancel(() -> answer.fail(new InferenceError.Cancelled("gone").asException()));
              sent.add(request);
              arrived.complete();
              return answer.future();
            });
    Drain drain = newDrain(cloud);
    startDraining(drain);
    await(arrived.future());

    await(outbox.store().cancel("", id));
    drain.cancel(id);

    assertThat(settled.poll(10, TimeUnit.SECONDS)).isNotNull();
    assertThat(sent.get(0).context().cancellation().isCancelled()).isTrue();
    assertThat(jobOf(id).state()).isEqualTo(JobState.CANCELLED);
  }

  @Test
  void whatIsUnderWayWhenTheLinkIsLostIsQueuedAgainAtOnce() throws InterruptedException {
    String id = await(outbox.enqueue(Requests.request("hello"))).jobId();
    Promise<Void> arrived = Promise.promise();
    Drain drain = newDrain(deaf(arrived));
    startDraining(drain);
    await(arrived.future());

    linkUp.set(false);
    tick(drain);

    assertThat(settled.poll(10, TimeUnit.SECONDS)).isNotNull();
    assertThat(jobOf(id).state()).isEqualTo(JobState.QUEUED);
    assertThat(drain.inFlight()).isZero();
  }

  /** Answers nobody; a request that is cancelled fails as such. */
  private static FakeInferenceService deaf(Promise<Void> arrived) {
    return FakeInferenceService.behaving(
        request -> {
          Promise<InferenceResult> answer = Promise.promise();
          request
              .context()
              .cancellation()
              .onCancel(() -> answer.fail(new InferenceError.Cancelled("gone").asException()));
          arrived.complete();
          return answer.future();
        });
  }

  @Test
  void aFailureThatCarriesNoErrorCountsAsInternal() throws InterruptedException {
    String id = await(outbox.enqueue(Requests.request("hello"))).jobId();

    drain(
        FakeInferenceService.behaving(
            request -> Future.failedFuture(new IllegalStateException("a bug"))),
        1);

    assertThat(jobOf(id).error().orElseThrow().kind()).isEqualTo("Internal");
    assertThat(InferenceException.errorOf(new IllegalStateException()).message())
        .isEqualTo(jobOf(id).error().orElseThrow().message());
  }

  private void drain(FakeInferenceService cloud, int jobs) throws InterruptedException {
    drainOn(newDrain(cloud), jobs);
  }

  private void drainOn(Drain drain, int jobs) throws InterruptedException {
    startDraining(drain);
    for (int i = 0; i < jobs; i++) {
      assertThat(settled.poll(10, TimeUnit.SECONDS)).isNotNull();
    }
  }

  private void startDraining(Drain drain) {
    tick(drain);
    ticker.advance(Duration.ofSeconds(4));
    tick(drain);
  }

  private void tick(Drain drain) {
    await(drain.wake());
  }

  private Drain newDrain(FakeInferenceService cloud) {
    return new Drain(
        vertx,
        outbox.store(),
        cloud,
        linkUp::get,
        room::get,
        () -> settled.add("job"),
        Requests.drain(),
        ticker,
        new SplittableRandom(7));
  }

  private Job jobOf(String id) {
    return await(outbox.store().find(id)).orElseThrow();
  }

  private InferenceResponse answerOf(String id) {
    return JobCodec.toResponse(await(outbox.store().result(jobOf(id))).orElseThrow());
  }
}
