package dev.brink.edge.cache;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.inference.Deadline;
import dev.brink.inference.FakeInferenceService;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.Reason;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.Timings;
import dev.brink.resilience.ManualTicker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.BiFunction;
import org.junit.jupiter.api.Test;

class ResponseCacheTest {

  private final ManualTicker ticker = new ManualTicker();
  private final List<String> events = new ArrayList<>();
  private final List<Promise<InferenceResult>> pending = new ArrayList<>();
  private CachePolicy policy = keeping("1", 1 << 20);
  private LargeWork digesting = ResponseCacheTest::atOnce;

  private final CacheListener listener =
      new CacheListener() {
        @Override
        public void hit(String model) {
          events.add("hit " + model);
        }

        @Override
        public void miss(String model) {
          events.add("miss " + model);
        }
      };

  private ResponseCache cache(FakeInferenceService answering) {
    return cache(answering, (model, version) -> Optional.of(policy));
  }

  private ResponseCache cache(
      FakeInferenceService answering, BiFunction<String, String, Optional<CachePolicy>> policies) {
    return new ResponseCache(answering, policies, listener, digesting, ticker);
  }

  private static CachePolicy keeping(String generation, long maxBytes) {
    return new CachePolicy(generation, Duration.ofSeconds(60), maxBytes, 5);
  }

  private static <T> Future<T> atOnce(long bytes, Callable<T> work) {
    try {
      return Future.succeededFuture(work.call());
    } catch (Exception failure) {
      return Future.failedFuture(failure);
    }
  }

  /** Answers when the test says so. */
  private FakeInferenceService patient() {
    return FakeInferenceService.behaving(
        request -> {
          Promise<InferenceResult> promise = Promise.promise();
          pending.add(promise);
          return promise.future();
        });
  }

  private static FakeInferenceService adding() {
    return FakeInferenceService.behaving(request -> Future.succeededFuture(answer(request)));
  }

  private static InferenceResponse answer(InferenceRequest request) {
    float x = request.inputs().get(0).toFloats()[0];
    return new InferenceResponse(
        "m",
        "1",
        request.id(),
        Parameters.none(),
        List.of(Tensor.ofFloats("y", Shape.of(1), x + 1)),
        Provenance.local(Route.EDGE, "node", Timings.NONE));
  }

  private InferenceRequest request(String id, float x, Map<String, ?> parameters, String tenant) {
    RequestContext context =
        new RequestContext(
            new Deadline(Long.MAX_VALUE),
            0,
            tenant,
            "",
            "",
            new dev.brink.inference.Cancellation());
    return new InferenceRequest(
        "m",
        "",
        id,
        Parameters.of(parameters),
        List.of(Tensor.ofFloats("x", Shape.of(1), x)),
        List.of(),
        context);
  }

  private InferenceRequest request(float x) {
    return request("", x, Map.of(), "");
  }

  private static InferenceResponse result(Future<InferenceResult> future) {
    assertThat(future.succeeded()).isTrue();
    return (InferenceResponse) future.result();
  }

  @Test
  void theSameQuestionIsAnsweredFromTheCacheUnderItsOwnId() {
    FakeInferenceService answering = adding();
    ResponseCache cache = cache(answering);
    cache.infer(request("a", 1, Map.of(), ""));

    InferenceResponse again = result(cache.infer(request("b", 1, Map.of("priority", 1), "")));

    assertThat(again.provenance().route()).isEqualTo(Route.CACHE);
    assertThat(again.id()).isEqualTo("b");
    assertThat(again.outputs().get(0).toFloats()).containsExactly(2);
    assertThat(answering.requests()).hasSize(1);
    assertThat(events).containsExactly("miss m", "hit m");
  }

  @Test
  void otherInputsParametersAndTenantsAreOtherQuestions() {
    FakeInferenceService answering = adding();
    ResponseCache cache = cache(answering);

    cache.infer(request(1));
    cache.infer(request(2));
    cache.infer(request("", 1, Map.of("brink_route", "cloud"), ""));
    cache.infer(request("", 1, Map.of(), "other"));

    assertThat(answering.requests()).hasSize(4);
  }

  @Test
  void answersAreForgottenWithTimeAndWithTheModelThatGaveThem() {
    FakeInferenceService answering = adding();
    ResponseCache cache = cache(answering);
    cache.infer(request(1));

    ticker.advance(Duration.ofSeconds(61));
    cache.infer(request(1));
    policy = keeping("2", 1 << 20);
    cache.infer(request(1));

    assertThat(answering.requests()).hasSize(3);
  }

  @Test
  void keptAnswersStayWithinTheirBytes() {
    policy = keeping("1", 4096);
    FakeInferenceService answering = adding();
    ResponseCache cache = cache(answering);
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 100; i++) {
        cache.infer(request(i));
      }
    }

    assertThat(answering.requests()).hasSizeGreaterThan(150);
  }

  @Test
  void theSameQuestionAskedMeanwhileWaitsForTheFirstAnswer() {
    Promise<InferenceResult> pending = Promise.promise();
    FakeInferenceService answering = FakeInferenceService.behaving(request -> pending.future());
    ResponseCache cache = cache(answering);
    Future<InferenceResult> first = cache.infer(request(1));
    Future<InferenceResult> second = cache.infer(request(1));

    pending.complete(answer(request(1)));

    assertThat(answering.requests()).hasSize(1);
    assertThat(result(first).provenance().route()).isEqualTo(Route.EDGE);
    assertThat(result(second).provenance().route()).isEqualTo(Route.CACHE);
  }

  @Test
  void oneOfThoseWhoWaitedForSomebodyWhoLeftAsksForAll() {
    FakeInferenceService answering = patient();
    ResponseCache cache = cache(answering);
    cache.infer(request(1));
    List<Future<InferenceResult>> waiting = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiting.add(cache.infer(request(1)));
    }

    pending.get(0).fail(new InferenceError.Cancelled("gone").asException());

    assertThat(answering.requests()).hasSize(2);
    pending.get(1).complete(answer(request(1)));
    assertThat(waiting)
        .allSatisfy(answer -> assertThat(result(answer).outputs().get(0).toFloats()).contains(2));
  }

  @Test
  void whatIsWrongWithAQuestionIsWrongForAllWhoAskIt() {
    FakeInferenceService answering = patient();
    ResponseCache cache = cache(answering);
    cache.infer(request(1));
    Future<InferenceResult> waiting = cache.infer(request(1));

    pending.get(0).fail(InferenceError.invalid("no such axis"));

    assertThat(waiting.cause()).hasMessage("no such axis");
    assertThat(answering.requests()).hasSize(1);
  }

  @Test
  void whoeverIsMoreUrgentThanTheFirstDoesNotWaitForIt() {
    FakeInferenceService answering = patient();
    ResponseCache cache = cache(answering);
    cache.infer(urgent(0, 1_000));

    Future<InferenceResult> important = cache.infer(urgent(1, 5_000));
    Future<InferenceResult> hurried = cache.infer(urgent(1, 50));
    Future<InferenceResult> follower = cache.infer(urgent(5, 50));
    Future<InferenceResult> patient = cache.infer(urgent(1, 60));

    assertThat(answering.requests()).hasSize(3);
    pending.get(2).complete(answer(request(1)));
    assertThat(List.of(hurried, follower, patient)).allMatch(Future::succeeded);
    assertThat(important.isComplete()).isFalse();
  }

  @Test
  void anEarlierAndLessUrgentAnswerLeavesTheFlightOfALaterOneAlone() {
    FakeInferenceService answering = patient();
    ResponseCache cache = cache(answering);
    cache.infer(urgent(5, 1_000));
    cache.infer(urgent(1, 1_000));

    pending.get(0).fail(new InferenceError.Cancelled("gone").asException());
    cache.infer(urgent(1, 1_000));

    assertThat(answering.requests()).hasSize(2);
  }

  private InferenceRequest urgent(int priority, long deadlineNanos) {
    InferenceRequest plain = request(1);
    return plain.withContext(
        plain.context().withPriority(priority).withDeadline(new Deadline(deadlineNanos)));
  }

  @Test
  void aServiceThatThrowsLeavesNobodyWaiting() {
    FakeInferenceService answering =
        FakeInferenceService.behaving(
            request -> {
              throw new IllegalStateException("broken");
            });
    ResponseCache cache = cache(answering);

    Future<InferenceResult> first = cache.infer(request(1));
    Future<InferenceResult> second = cache.infer(request(1));

    assertThat(first.cause()).hasMessage("broken");
    assertThat(second.cause()).hasMessage("broken");
    assertThat(answering.requests()).hasSize(2);
  }

  @Test
  void versionsThatAreAskedByTurnsKeepTheirAnswers() {
    FakeInferenceService answering = adding();
    ResponseCache cache =
        cache(answering, (model, version) -> Optional.of(keeping(version, 1 << 20)));
    for (int i = 0; i < 3; i++) {
      cache.infer(ofVersion("1"));
      cache.infer(ofVersion("2"));
    }

    assertThat(answering.requests()).hasSize(2);
  }

  private InferenceRequest ofVersion(String version) {
    InferenceRequest plain = request(1);
    return new InferenceRequest(
        "m", version, "", plain.parameters(), plain.inputs(), plain.outputs(), plain.context());
  }

  @Test
  void inputsAreReadWhereTheirSizeAllows() {
    List<Long> read = new ArrayList<>();
    digesting =
        new LargeWork() {
          @Override
          public <T> Future<T> run(long bytes, Callable<T> work) {
            read.add(bytes);
            return Future.failedFuture("elsewhere");
          }
        };
    FakeInferenceService answering = adding();

    Future<InferenceResult> answer = cache(answering).infer(request(1));

    assertThat(read).containsExactly(4L);
    assertThat(answer.cause()).hasMessage("elsewhere");
    assertThat(answering.requests()).isEmpty();
  }

  @Test
  void nothingIsKeptOfAModelThatIsKeptNoLonger() {
    FakeInferenceService answering =
        FakeInferenceService.refusing(new InferenceError.Internal("busy"));
    ResponseCache refusing = cache(answering, (model, version) -> Optional.ofNullable(policy));
    ResponseCache cache = cache(adding(), (model, version) -> Optional.ofNullable(policy));
    cache.infer(request(1));
    refusing.infer(request(1));
    assertThat(refusing.refusal("m", "")).isEmpty();

    cache.tidy();
    assertThat(cache.bytes()).hasEntrySatisfying("m", kept -> assertThat(kept).isGreaterThan(4));
    policy = null;
    cache.tidy();

    assertThat(cache.bytes()).isEmpty();
    assertThat(refusing.refusal("m", "")).isPresent();
  }

  @Test
  void whatHasExpiredIsForgottenWithoutBeingAskedFor() {
    ResponseCache cache = cache(adding());
    cache.infer(request(1));

    ticker.advance(Duration.ofSeconds(61));
    cache.tidy();

    assertThat(cache.bytes()).containsExactly(Map.entry("m", 0L));
  }

  @Test
  void degradedAnswersFailuresAndSequencesAreNotKept() {
    FakeInferenceService degraded =
        FakeInferenceService.behaving(
            request -> {
              InferenceResponse answer = answer(request);
              return Future.succeededFuture(
                  answer.withProvenance(answer.provenance().degraded(Reason.OFFLINE)));
            });
    FakeInferenceService failing =
        FakeInferenceService.failing(new InferenceError.Internal("broken"));
    FakeInferenceService stateful = adding();

    for (FakeInferenceService answering : List.of(degraded, failing)) {
      ResponseCache cache = cache(answering);
      cache.infer(request(1));
      cache.infer(request(1));
      assertThat(answering.requests()).hasSize(2);
    }
    ResponseCache cache = cache(stateful);
    cache.infer(request("", 1, Map.of("sequence_id", 1), ""));
    cache.infer(request("", 1, Map.of("sequence_id", 1), ""));
    assertThat(stateful.requests()).hasSize(2);
  }

  @Test
  void modelsWithoutAPolicyAreNotKept() {
    FakeInferenceService answering = adding();
    ResponseCache cache = cache(answering, (model, version) -> Optional.empty());

    cache.infer(request(1));
    cache.infer(request(1));

    assertThat(answering.requests()).hasSize(2);
    assertThat(events).isEmpty();
  }
}
