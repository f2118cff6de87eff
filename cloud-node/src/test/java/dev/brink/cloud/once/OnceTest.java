package dev.brink.cloud.once;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brink.inference.Deadline;
import dev.brink.inference.FakeInferenceService;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.Timings;
import dev.brink.resilience.ManualTicker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class OnceTest {

  private static final OnceSettings SETTINGS =
      new OnceSettings(Duration.ofDays(8), Duration.ofSeconds(5));

  private final Vertx vertx = Vertx.vertx();
  private final ManualTicker ticker = new ManualTicker();
  private final KeyStore keys = new LocalKeyStore(1000, ticker);

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void aRepetitionGetsTheFirstAnswerAndRunsNothing() {
    FakeInferenceService model = echo();
    Once once = once(model);

    InferenceResponse first = response(once.infer(request("k", "hello")));
    InferenceResponse second = response(once.infer(request("k", "hello")));

    assertThat(model.requests()).hasSize(1);
    assertThat(second.outputs().get(0).toStrings())
        .isEqualTo(first.outputs().get(0).toStrings())
        .containsExactly("hello");
    assertThat(once.executed()).isEqualTo(1);
    assertThat(once.repeated()).isEqualTo(1);
  }

  @Test
  void whatTheModelsWouldRefuseUnreadIsRefused() {
    InferenceError full = new InferenceError.Overloaded("full", Duration.ofSeconds(1));

    assertThat(once(FakeInferenceService.refusing(full)).refusal("m", "")).contains(full);
  }

  @Test
  void aRepetitionAtAnotherNodeGetsItToo() {
    FakeInferenceService another = echo();
    await(once(echo()).infer(request("k", "hello")));

    await(once(another).infer(request("k", "hello")));

    assertThat(another.requests()).isEmpty();
  }

  @Test
  void duplicatesThatComeMeanwhileWaitForTheFirst() {
    Promise<InferenceResult> running = Promise.promise();
    FakeInferenceService model = FakeInferenceService.behaving(request -> running.future());
    Once once = once(model);
    Future<InferenceResult> first = once.infer(request("k", "hello"));
    Future<InferenceResult> second = once.infer(request("k", "hello"));

    running.complete(answer(request("k", "hello")));

    assertThat(response(second).outputs().get(0).toStrings())
        .isEqualTo(response(first).outputs().get(0).toStrings());
    assertThat(model.requests()).hasSize(1);
  }

  @Test
  void aFailedRunMayBeRepeated() {
    FakeInferenceService model =
        FakeInferenceService.failing(new InferenceError.Overloaded("busy", Duration.ZERO));
    Once once = once(model);

    errorOf(once.infer(request("k", "hello")));
    errorOf(once.infer(request("k", "hello")));

    assertThat(model.requests()).hasSize(2);
    assertThat(once.executed()).isZero();
  }

  @Test
  void aKeyUsedForAnotherRequestIsAConflict() {
    Once once = once(echo());
    await(once.infer(request("k", "hello")));

    assertThat(errorOf(once.infer(request("k", "goodbye"))))
        .isInstanceOf(InferenceError.Conflict.class);
  }

  @Test
  void theClaimOfARunThatDiedEnds() {
    once(FakeInferenceService.behaving(request -> Promise.<InferenceResult>promise().future()))
        .infer(request("k", "hello"));
    ticker.advance(Duration.ofSeconds(16));

    InferenceResponse second = response(once(echo()).infer(request("k", "hello")));

    assertThat(second.outputs().get(0).toStrings()).containsExactly("hello");
  }

  @Test
  void nobodyWaitsForTheFirstBeyondTheDeadline() {
    Once once =
        once(FakeInferenceService.behaving(request -> Promise.<InferenceResult>promise().future()));
    once.infer(request("k", "hello"));
    Future<InferenceResult> second = once.infer(request("k", "hello"));

    ticker.advance(Duration.ofSeconds(11));

    assertThat(errorOf(second)).isInstanceOf(InferenceError.DeadlineExceeded.class);
  }

  @Test
  void anAnswerIsForgottenAfterItsTime() {
    FakeInferenceService model = echo();
    Once once = once(model);
    await(once.infer(request("k", "hello")));

    ticker.advance(Duration.ofDays(9));
    await(once.infer(request("k", "hello")));

    assertThat(model.requests()).hasSize(2);
  }

  @Test
  void requestsWithoutAKeyAreNotTouched() {
    FakeInferenceService model = echo();
    Once once = once(model);

    await(once.infer(request("", "hello")));
    await(once.infer(request("", "hello")));

    assertThat(model.requests()).hasSize(2);
    assertThat(once.executed()).isZero();
  }

  @Test
  void nothingIsRunWhileTheKeysAreNotKnown() {
    FakeInferenceService model = echo();
    Once once = new Once(vertx, model, new ClusterKeyStore(ticker), SETTINGS, ticker);

    assertThat(errorOf(once.infer(request("k", "hello"))))
        .isInstanceOf(InferenceError.Unavailable.class);
    assertThat(model.requests()).isEmpty();
  }

  @Test
  void whatANodeClaimedThatIsGoneIsFree() {
    Set<UUID> members = new HashSet<>(Set.of(new UUID(0, 1), new UUID(0, 2)));
    ClusterKeyStore first = member(new UUID(0, 1), members);
    ClusterKeyStore second = member(new UUID(0, 2), members);
    Buffer claim = Buffer.buffer("claim");
    await(first.claim("k", claim, Duration.ofMinutes(1)));

    KeyStore.Standing while1Lives = await(second.claim("k", claim, Duration.ofMinutes(1)));
    members.remove(new UUID(0, 1));
    KeyStore.Standing after = await(second.claim("k", claim, Duration.ofMinutes(1)));

    assertThat(while1Lives).isInstanceOf(KeyStore.Running.class);
    assertThat(after).isInstanceOf(KeyStore.Claimed.class);
  }

  @Test
  void anAnswerOutlivesTheNodeThatGaveIt() {
    Set<UUID> members = new HashSet<>(Set.of(new UUID(0, 1), new UUID(0, 2)));
    ClusterKeyStore first = member(new UUID(0, 1), members);
    await(first.finish("k", Buffer.buffer(), Buffer.buffer("answer"), Duration.ofMinutes(1)));
    members.remove(new UUID(0, 1));

    KeyStore.Standing standing =
        await(
            member(new UUID(0, 2), members)
                .claim("k", Buffer.buffer("claim"), Duration.ofMinutes(1)));

    assertThat(standing).isEqualTo(new KeyStore.Finished(Buffer.buffer("answer")));
  }

  private ClusterKeyStore member(UUID id, Set<UUID> members) {
    ClusterKeyStore store = new ClusterKeyStore(ticker);
    store.join(vertx.sharedData().getLocalAsyncMap("keys"), id, members::contains);
    return store;
  }

  private Once once(InferenceService model) {
    return new Once(vertx, model, keys, SETTINGS, ticker);
  }

  private static FakeInferenceService echo() {
    return FakeInferenceService.behaving(request -> Future.succeededFuture(answer(request)));
  }

  private InferenceRequest request(String key, String text) {
    RequestContext context =
        RequestContext.until(Deadline.after(Duration.ofSeconds(10), ticker.nanos()));
    return new InferenceRequest(
        "intent",
        "",
        "id",
        Parameters.none(),
        List.of(Tensor.ofStrings("text", Shape.of(1), List.of(text))),
        List.of(),
        context.withIdempotencyKey(key));
  }

  private static InferenceResponse answer(InferenceRequest request) {
    return new InferenceResponse(
        "intent",
        "1",
        request.id(),
        Parameters.none(),
        List.of(request.inputs().get(0).withName("label")),
        Provenance.local(Route.CLOUD, "cloud-1", Timings.NONE));
  }

  private static InferenceResponse response(Future<InferenceResult> future) {
    return (InferenceResponse) await(future);
  }

  private static InferenceError errorOf(Future<?> future) {
    assertThatThrownBy(() -> await(future)).isInstanceOf(InferenceException.class);
    return InferenceException.errorOf(future.cause());
  }

  private static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof InferenceException expected) {
        throw expected;
      }
      throw new AssertionError(failure.getCause());
    } catch (InterruptedException | TimeoutException failure) {
      throw new AssertionError(failure);
    }
  }

  @Test
  void keysThatAreLostAreCounted() {
    ClusterKeyStore store = new ClusterKeyStore(ticker);

    store.lost();
    store.lost();

    assertThat(store.lostParts()).isEqualTo(2);
  }
}
