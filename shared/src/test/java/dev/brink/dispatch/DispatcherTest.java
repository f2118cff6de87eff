package dev.brink.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.Cancellation;
import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.Timings;
import dev.brink.resilience.CircuitBreaker;
import dev.brink.resilience.ManualTicker;
import dev.brink.routing.TargetPool;
import dev.brink.routing.TargetPoolSettings;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DispatcherTest {

  private final ManualTicker ticker = new ManualTicker();
  private final TargetPool pool =
      new TargetPool(TargetPoolSettings.standard(), ticker, new Random(1));
  private final List<Asked> asked = new ArrayList<>();
  private final List<Runnable> timers = new ArrayList<>();
  private final Dispatcher dispatcher =
      new Dispatcher(
          pool,
          this::ask,
          (delay, action) -> {
            timers.add(action);
            return () -> timers.remove(action);
          },
          model -> Duration.ofSeconds(model.equals("slow") ? 5 : 1),
          ticker);

  /** One call of a target, to be answered by the test. */
  private record Asked(
      String target,
      InferenceRequest request,
      Duration timeout,
      Promise<InferenceResponse> answer) {

    boolean isCancelled() {
      return request.context().cancellation().isCancelled();
    }
  }

  @Test
  void theAnswerOfTheTargetIsTheAnswer() {
    pool.add("a");

    Future<Dispatched> answer = dispatcher.dispatch(request());
    ticker.advance(Duration.ofMillis(7));
    asked.get(0).answer().complete(response());

    assertThat(answer.result().target()).isEqualTo("a");
    assertThat(answer.result().nanos()).isEqualTo(Duration.ofMillis(7).toNanos());
    assertThat(pool.target("a").orElseThrow().inFlight()).isZero();
  }

  @Test
  void anAttemptGetsItsTimeoutWithinTheDeadline() {
    pool.add("a");
    pool.add("b");

    dispatcher.dispatch(request());
    dispatcher.dispatch(request(Duration.ofMillis(300)));

    assertThat(asked)
        .extracting(Asked::timeout)
        .containsExactly(Duration.ofSeconds(1), Duration.ofMillis(300));
  }

  @Test
  void aModelThatNeedsLongerGetsIt() {
    pool.add("a");

    dispatcher.dispatch(request("slow", Duration.ofSeconds(9)));

    assertThat(asked.get(0).timeout()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void aTargetThatDoesNotAnswerIsFollowedByAnother() {
    pool.add("a");
    pool.add("b");

    Future<Dispatched> answer = dispatcher.dispatch(request());
    asked.get(0).answer().fail("no reply");
    asked.get(1).answer().complete(response());

    assertThat(answer.succeeded()).isTrue();
    assertThat(asked).extracting(Asked::target).containsExactlyInAnyOrder("a", "b");
  }

  @Test
  void aRefusalIsFollowedByAnotherTargetAndTheRefusingOneIsLeftAlone() {
    pool.add("a");
    pool.add("b");

    Future<Dispatched> answer = dispatcher.dispatch(request());
    String first = asked.get(0).target();
    asked.get(0).answer().fail(overloaded().asException());
    asked.get(1).answer().complete(response());

    assertThat(answer.succeeded()).isTrue();
    assertThat(pool.candidates("m", 0, Long.MAX_VALUE, Set.of()))
        .filteredOn(candidate -> candidate.target().equals(first))
        .extracting("verdict")
        .containsExactly("refusing");
  }

  @Test
  void whenNobodyAnswersTheLastFailureIsTold() {
    pool.add("a");

    Future<Dispatched> answer = dispatcher.dispatch(request());
    asked.get(0).answer().fail("no reply");

    assertThat(error(answer)).isInstanceOf(InferenceError.Unavailable.class);
  }

  @Test
  void noAnswerUntilTheDeadlineIsADeadlineExceeded() {
    pool.add("a");

    Future<Dispatched> answer = dispatcher.dispatch(request(Duration.ofMillis(100)));
    ticker.advance(Duration.ofMillis(100));
    asked.get(0).answer().fail("no reply");

    assertThat(error(answer)).isInstanceOf(InferenceError.DeadlineExceeded.class);
  }

  @Test
  void whatIsWrongWithTheRequestIsNotTriedElsewhere() {
    pool.add("a");
    pool.add("b");
    InferenceError wrong = new InferenceError.InvalidRequest("input 'x' ...");

    Future<Dispatched> answer = dispatcher.dispatch(request());
    asked.get(0).answer().fail(wrong.asException());

    assertThat(error(answer)).isEqualTo(wrong);
    assertThat(asked).hasSize(1);
  }

  @Test
  void aSlowTargetIsHedgedTheFirstAnswerWinsAndTheLoserIsCancelled() {
    pool.add("a");
    pool.add("b");
    measure();

    Future<Dispatched> answer = dispatcher.dispatch(request());
    timers.get(0).run();
    assertThat(asked).hasSize(2);
    asked.get(1).answer().complete(response());

    assertThat(answer.result().target()).isEqualTo(asked.get(1).target());
    assertThat(asked.get(0).isCancelled()).isTrue();
    assertThat(pool.targets()).allMatch(target -> target.inFlight() == 0);
  }

  /** As a call over gRPC does: it fails within the call that cancels it. */
  @Test
  void aLoserThatEndsWhileItIsCancelledDoesNotTakeTheAnswerAway() {
    pool.add("a");
    pool.add("b");
    measure();
    Future<Dispatched> answer = dispatcher.dispatch(request());
    timers.get(0).run();
    Asked loser = asked.get(0);
    loser
        .request()
        .context()
        .cancellation()
        .onCancel(() -> loser.answer().fail("the call was reset"));

    asked.get(1).answer().complete(response());

    assertThat(answer.succeeded()).isTrue();
    assertThat(loser.answer().future().failed()).isTrue();
  }

  @Test
  void neitherRetryNorHedgeIsMadeThatNobodyPaysFor() {
    pool.add("a");
    pool.add("b");
    measure();

    Future<Dispatched> slow = dispatcher.dispatch(request(), () -> false);
    timers.get(0).run();
    asked.get(0).answer().fail(overloaded().asException());

    assertThat(error(slow)).isInstanceOf(InferenceError.Overloaded.class);
    assertThat(asked).hasSize(1);
  }

  @Test
  void whoeverPaysIsAskedOnceForEverySecondCall() {
    pool.add("a");
    pool.add("b");
    List<Integer> paid = new ArrayList<>();

    dispatcher.dispatch(request(), () -> paid.add(1));
    assertThat(paid).isEmpty();
    asked.get(0).answer().fail("no reply");

    assertThat(asked).hasSize(2);
    assertThat(paid).hasSize(1);
  }

  @Test
  void aRequestWithAKeyIsNotHedged() {
    pool.add("a");
    pool.add("b");
    measure();

    InferenceRequest keyed = request();
    dispatcher.dispatch(keyed.withContext(keyed.context().withIdempotencyKey("k")));

    assertThat(timers).isEmpty();
  }

  @Test
  void aSequenceStaysWithItsTarget() {
    pool.add("a");
    pool.add("b");

    Future<Dispatched> answer =
        dispatcher.dispatch(request().withParameters(Parameters.none().with("sequence_id", 7L)));
    asked.get(0).answer().fail("no reply");

    assertThat(answer.failed()).isTrue();
    assertThat(asked).hasSize(1);
  }

  @Test
  void allStepsOfASequenceGoToOneTarget() {
    List.of("a", "b", "c", "d").forEach(pool::add);
    Set<String> homes = new HashSet<>();

    for (long sequence = 1; sequence <= 40; sequence++) {
      String home = homeOf(sequence);
      homes.add(home);
      assertThat(List.of(homeOf(sequence), homeOf(sequence))).containsOnly(home);
    }

    assertThat(homes).containsExactlyInAnyOrder("a", "b", "c", "d");
  }

  @Test
  void onlyTheSequencesOfATargetThatIsGoneGoElsewhere() {
    List.of("a", "b", "c").forEach(pool::add);
    Map<Long, String> before = new HashMap<>();
    for (long sequence = 1; sequence <= 40; sequence++) {
      before.put(sequence, homeOf(sequence));
    }

    pool.target("b").orElseThrow().unreachable();

    before.forEach(
        (sequence, home) -> {
          if (home.equals("b")) {
            assertThat(homeOf(sequence)).isIn("a", "c");
          } else {
            assertThat(homeOf(sequence)).isEqualTo(home);
          }
        });
  }

  @Test
  void aStepIsRefusedRatherThanSentToATargetWithRoom() {
    pool.add("a");
    pool.add("b");
    String home = homeOf(7);
    dispatcher.dispatch(step(7));
    asked.getLast().answer().fail(overloaded().asException());

    Future<Dispatched> answer = dispatcher.dispatch(step(7));

    assertThat(error(answer)).isInstanceOf(InferenceError.Overloaded.class);
    assertThat(error(answer).message()).contains("keeps the sequence");
    assertThat(asked).extracting(Asked::target).containsOnly(home);
  }

  /** Answers a step, and says who was asked. */
  private String homeOf(long sequence) {
    dispatcher.dispatch(step(sequence));
    asked.getLast().answer().complete(response());
    return asked.getLast().target();
  }

  private InferenceRequest step(long sequence) {
    return request().withParameters(Parameters.none().with("sequence_id", sequence));
  }

  @Test
  void aCallerThatLeavesIsToldToTheTarget() {
    pool.add("a");
    InferenceRequest request = request();

    Future<Dispatched> answer = dispatcher.dispatch(request);
    request.context().cancellation().cancel();

    assertThat(error(answer)).isInstanceOf(InferenceError.Cancelled.class);
    assertThat(asked.get(0).isCancelled()).isTrue();
    assertThat(pool.target("a").orElseThrow().inFlight()).isZero();
  }

  @Test
  void withoutTargetsTheCloudIsUnavailable() {
    assertThat(error(dispatcher.dispatch(request())))
        .isInstanceOf(InferenceError.Unavailable.class);
  }

  @Test
  void aModelThatNoTargetHoldsIsUnknown() {
    pool.add("a").holds(Set.of("other"));

    assertThat(error(dispatcher.dispatch(request())))
        .isInstanceOf(InferenceError.UnknownModel.class);
  }

  @Test
  void aRequestThatNobodyWaitsForLeavesATargetWhoseProbesAreLost() {
    pool.add("a");
    pool.add("b");
    Future<Dispatched> answer = patient().dispatch(request(Duration.ofSeconds(30)));
    Asked first = asked.get(0);

    timers.remove(0).run();
    assertThat(asked).hasSize(1);
    pool.target(first.target()).orElseThrow().unreachable();
    timers.remove(0).run();
    asked.get(1).answer().complete(response());

    assertThat(answer.succeeded()).isTrue();
    assertThat(first.isCancelled()).isTrue();
    assertThat(asked.get(1).target()).isNotEqualTo(first.target());
    assertThat(timers).isEmpty();
    assertThat(pool.targets()).allMatch(target -> target.inFlight() == 0);
  }

  @Test
  void howLongItTookSaysNothingToThoseWhoWait() {
    pool.add("a");

    patient().dispatch(request(Duration.ofSeconds(30)));
    ticker.advance(Duration.ofSeconds(20));
    asked.get(0).answer().complete(response());

    assertThat(dispatcher.dispatch(request()).failed()).isFalse();
    assertThat(asked).hasSize(2);
  }

  @Test
  void norDoesHowLongOneWaitedThatCameToNothing() {
    pool.add("a");
    Cancellation owner = new Cancellation();
    InferenceRequest job = request(Duration.ofSeconds(30));
    patient().dispatch(job.withContext(job.context().withCancellation(owner)));
    ticker.advance(Duration.ofSeconds(20));
    owner.cancel();

    patient().dispatch(request(Duration.ofSeconds(30)));
    ticker.advance(Duration.ofSeconds(20));
    asked.get(1).answer().fail("no answer in time");

    assertThat(dispatcher.dispatch(request()).failed()).isFalse();
    assertThat(asked).hasSize(3);
  }

  @Test
  void jobsThatCameToNothingDoNotCloseATargetToThoseWhoWait() {
    pool.add("a");

    for (int job = 0; job < 5; job++) {
      patient().dispatch(request(Duration.ofSeconds(30)));
      ticker.advance(Duration.ofSeconds(1));
      asked.getLast().answer().fail("no answer in time");
    }

    assertThat(pool.target("a").orElseThrow().breakerState())
        .isEqualTo(new CircuitBreaker.State.Closed(0));
  }

  @Test
  void jobsThatAreAnsweredWithInternalErrorsDoCloseIt() {
    pool.add("a");

    for (int job = 0; job < 5 && isClosed("a"); job++) {
      patient().dispatch(request(Duration.ofSeconds(30)));
      ticker.advance(Duration.ofSeconds(1));
      asked.getLast().answer().fail(new InferenceError.Internal("broken").asException());
    }

    assertThat(isClosed("a")).isFalse();
  }

  private boolean isClosed(String target) {
    return pool.target(target).orElseThrow().breakerState() instanceof CircuitBreaker.State.Closed;
  }

  @Test
  void whoHearsOfAnAnswerHoldsNobodyUp() {
    pool.add("a");
    InferenceRequest request = request();
    CompletableFuture<Void> another = new CompletableFuture<>();

    dispatcher
        .dispatch(request)
        .onComplete(
            any -> {
              Thread.ofPlatform()
                  .daemon()
                  .start(
                      () -> {
                        request.context().cancellation().cancel();
                        another.complete(null);
                      });
              assertThat(another).succeedsWithin(Duration.ofSeconds(10));
            });
    asked.get(0).answer().complete(response());

    assertThat(another).isCompleted();
  }

  private Dispatcher patient() {
    return Dispatcher.patient(
        pool,
        this::ask,
        (delay, action) -> {
          timers.add(action);
          return () -> timers.remove(action);
        },
        Duration.ofSeconds(30),
        ticker);
  }

  @Test
  void whatWouldRunOutOfItsAttemptsTimeIsRefusedAtOnceHoweverLongItsCallerWaits() {
    pool.add("a");
    measure(Duration.ofMillis(400));
    dispatcher.dispatch(request());
    dispatcher.dispatch(request());

    assertThat(error(dispatcher.dispatch(request(Duration.ofMinutes(1)))))
        .isInstanceOf(InferenceError.Overloaded.class);
    assertThat(asked).hasSize(2);
  }

  @Test
  void whatNobodyHasRoomForIsRefusedUnread() {
    pool.add("a");
    assertThat(dispatcher.refusal("m")).isEmpty();

    dispatcher.dispatch(request());
    asked.get(0).answer().fail(overloaded().asException());

    assertThat(dispatcher.refusal("m")).containsInstanceOf(InferenceError.Overloaded.class);
    assertThat(dispatcher.refusal("another")).isEmpty();
  }

  @Test
  void namesThatCallersMakeUpDoNotTakeThePlaceOfModels() {
    pool.add("a");
    for (int i = 0; i < 300; i++) {
      dispatcher.dispatch(request("made-up-" + i, Duration.ofSeconds(5)));
      InferenceError unknown = new InferenceError.UnknownModel("no such model");
      asked.get(i).answer().fail(unknown.asException());
    }

    dispatcher.dispatch(request());
    asked.get(300).answer().fail(overloaded().asException());

    assertThat(dispatcher.refusal("m")).containsInstanceOf(InferenceError.Overloaded.class);
  }

  @Test
  void whatNobodyAnswersIsReadBeforeItIsRefused() {
    pool.add("a").unreachable();

    assertThat(dispatcher.refusal("m")).isEmpty();
  }

  /** Lets every target answer, so that its latency is known. */
  private void measure() {
    measure(Duration.ofMillis(10));
  }

  private void measure(Duration latency) {
    for (int i = 0; i < pool.targets().size(); i++) {
      dispatcher.dispatch(request());
    }
    ticker.advance(latency);
    List.copyOf(asked).forEach(call -> call.answer().complete(response()));
    asked.clear();
    timers.clear();
  }

  private Future<InferenceResponse> ask(String target, InferenceRequest request, Duration timeout) {
    Promise<InferenceResponse> answer = Promise.promise();
    asked.add(new Asked(target, request, timeout, answer));
    return answer.future();
  }

  private static InferenceError error(Future<?> answer) {
    return InferenceException.errorOf(answer.cause());
  }

  private static InferenceError overloaded() {
    return new InferenceError.Overloaded("full", Duration.ofMillis(200));
  }

  private InferenceRequest request() {
    return request(Duration.ofSeconds(5));
  }

  private InferenceRequest request(Duration timeout) {
    return request("m", timeout);
  }

  private InferenceRequest request(String model, Duration timeout) {
    return new InferenceRequest(
        model,
        "",
        "",
        Parameters.none(),
        List.of(Tensor.ofFloats("x", Shape.of(1, 1), 1)),
        List.of(),
        RequestContext.until(Deadline.after(timeout, ticker.nanos())));
  }

  private static InferenceResponse response() {
    return new InferenceResponse(
        "m",
        "1",
        "",
        Parameters.none(),
        List.of(),
        Provenance.local(Route.CLOUD, "", Timings.NONE));
  }
}
