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
import org.junit.jupiter.api.Test;

class ResponseCacheTest {

  private final ManualTicker ticker = new ManualTicker();
  private final List<String> events = new ArrayList<>();
  private CachePolicy policy = new CachePolicy("1", Duration.ofSeconds(60), 1 << 20);

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
    return new ResponseCache(answering, request -> Optional.of(policy), listener, ticker);
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
    policy = new CachePolicy("2", Duration.ofSeconds(60), 1 << 20);
    cache.infer(request(1));

    assertThat(answering.requests()).hasSize(3);
  }

  @Test
  void keptAnswersStayWithinTheirBytes() {
    policy = new CachePolicy("1", Duration.ofSeconds(60), 4096);
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
  void whoeverWaitedForAFailureAsksForItself() {
    List<Promise<InferenceResult>> promises = new ArrayList<>();
    FakeInferenceService answering =
        FakeInferenceService.behaving(
            request -> {
              promises.add(Promise.promise());
              return promises.get(promises.size() - 1).future();
            });
    ResponseCache cache = cache(answering);
    cache.infer(request(1));
    Future<InferenceResult> second = cache.infer(request(1));

    promises.get(0).fail(new InferenceError.Cancelled("gone").asException());
    promises.get(1).complete(answer(request(1)));

    assertThat(result(second).outputs().get(0).toFloats()).containsExactly(2);
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
    ResponseCache cache =
        new ResponseCache(answering, request -> Optional.empty(), listener, ticker);

    cache.infer(request(1));
    cache.infer(request(1));

    assertThat(answering.requests()).hasSize(2);
    assertThat(events).isEmpty();
  }
}
