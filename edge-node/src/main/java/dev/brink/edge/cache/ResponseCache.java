package dev.brink.edge.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.Route;
import dev.brink.inference.Tensor;
import dev.brink.inference.Timings;
import dev.brink.resilience.Ticker;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;

/**
 * Keeps the answers of another service, model by model, and gives them again to the same question
 * with route {@link Route#CACHE}. The same question asked while the first is under way waits for
 * its answer, unless it is the more urgent one. Only whole answers are kept: no degraded ones, no
 * promises, nothing of a sequence.
 */
public final class ResponseCache implements InferenceService {

  /** What a kept answer costs beside its values, roughly. */
  private static final int OVERHEAD_BYTES = 512;

  private final InferenceService answering;
  private final BiFunction<String, String, Optional<CachePolicy>> policies;
  private final CacheListener listener;
  private final LargeWork digesting;
  private final Ticker ticker;
  private final Map<String, Kept> models = new ConcurrentHashMap<>();
  private final Map<String, Flight> underWay = new ConcurrentHashMap<>();

  private record Kept(Duration ttl, long maxBytes, Cache<String, InferenceResponse> answers) {

    private boolean suits(CachePolicy policy) {
      return maxBytes == policy.maxBytes() && ttl.equals(policy.ttl());
    }
  }

  private record Question(
      InferenceRequest request,
      int defaultPriority,
      Cache<String, InferenceResponse> answers,
      String digest) {}

  /**
   * @param policies how the answers of a model's version are kept (empty: of the version that
   *     answers who names none); empty for not at all
   * @param digesting reads large inputs
   */
  public ResponseCache(
      InferenceService answering,
      BiFunction<String, String, Optional<CachePolicy>> policies,
      CacheListener listener,
      LargeWork digesting,
      Ticker ticker) {
    this.answering = answering;
    this.policies = policies;
    this.listener = listener;
    this.digesting = digesting;
    this.ticker = ticker;
  }

  @Override
  public Future<InferenceResult> infer(InferenceRequest request) {
    Optional<CachePolicy> policy = policies.apply(request.modelName(), request.modelVersion());
    if (policy.isEmpty() || request.parameters().has("sequence_id")) {
      return answering.infer(request);
    }
    return digesting
        .run(request.inputBytes(), () -> RequestDigest.of(request, policy.get().generation()))
        .compose(digest -> answer(question(request, policy.get(), digest)));
  }

  /** Where answers are kept, whether this one is known cannot be said before it is read. */
  @Override
  public Optional<InferenceError> refusal(String model, String version) {
    return policies.apply(model, version).isPresent()
        ? Optional.empty()
        : answering.refusal(model, version);
  }

  /** Forgets what has expired, and everything of models that are kept no longer. */
  public void tidy() {
    models.forEach(
        (model, kept) -> {
          if (policies.apply(model, "").isPresent()) {
            kept.answers().cleanUp();
          } else {
            models.remove(model, kept);
          }
        });
  }

  /** What is kept now, by model; what has expired counts until {@link #tidy}. */
  public Map<String, Long> bytes() {
    Map<String, Long> bytes = new TreeMap<>();
    models.forEach((model, kept) -> bytes.put(model, weight(kept.answers())));
    return bytes;
  }

  private static long weight(Cache<String, InferenceResponse> answers) {
    return answers.policy().eviction().orElseThrow().weightedSize().orElse(0);
  }

  private Question question(InferenceRequest request, CachePolicy policy, String digest) {
    return new Question(
        request, policy.defaultPriority(), kept(request.modelName(), policy).answers(), digest);
  }

  private Future<InferenceResult> answer(Question question) {
    InferenceResponse known = question.answers().getIfPresent(question.digest());
    if (known != null) {
      return Future.succeededFuture(again(known, question.request()));
    }
    Flight own = Flight.of(question.request(), question.defaultPriority());
    Flight leader =
        underWay.merge(
            question.digest(),
            own,
            (other, arriving) -> arriving.isMoreUrgentThan(other) ? arriving : other);
    return leader == own ? lead(question, own) : follow(question, leader);
  }

  private Future<InferenceResult> lead(Question question, Flight own) {
    listener.miss(question.request().modelName());
    return asked(question.request())
        .onComplete(
            answer -> {
              if (isWhole(answer)) {
                question.answers().put(question.digest(), (InferenceResponse) answer.result());
              }
              underWay.remove(question.digest(), own);
              own.landed().handle(answer);
            });
  }

  /** Followers wait for this: it ends in any case. */
  private Future<InferenceResult> asked(InferenceRequest request) {
    try {
      return answering.infer(request);
    } catch (RuntimeException broken) {
      return Future.failedFuture(broken);
    }
  }

  private Future<InferenceResult> follow(Question question, Flight leader) {
    Promise<InferenceResult> answer = Promise.promise();
    Context caller = Vertx.currentContext();
    leader
        .landed()
        .future()
        .onComplete(
            shared -> {
              Runnable settle = () -> after(shared, question).onComplete(answer);
              if (caller == null) {
                settle.run();
              } else {
                caller.runOnContext(ignored -> settle.run());
              }
            });
    return answer.future();
  }

  /** Where what the leader got says nothing about the question, one of those who waited leads. */
  private Future<InferenceResult> after(AsyncResult<InferenceResult> shared, Question question) {
    if (isWhole(shared)) {
      return Future.succeededFuture(again((InferenceResponse) shared.result(), question.request()));
    }
    return shared.failed() && isTheQuestions(shared.cause())
        ? Future.failedFuture(shared.cause())
        : answer(question);
  }

  /** Whether whoever asks the same would fail in the same way. */
  private static boolean isTheQuestions(Throwable failure) {
    return switch (InferenceException.errorOf(failure)) {
      case InferenceError.InvalidRequest ignored -> true;
      case InferenceError.Internal ignored -> true;
      default -> false;
    };
  }

  private static boolean isWhole(AsyncResult<InferenceResult> answer) {
    return answer.succeeded()
        && answer.result() instanceof InferenceResponse response
        && !response.provenance().degraded();
  }

  private InferenceResult again(InferenceResponse known, InferenceRequest request) {
    listener.hit(request.modelName());
    return known
        .withId(request.id())
        .withProvenance(known.provenance().from(Route.CACHE).timed(Timings.NONE));
  }

  private Kept kept(String model, CachePolicy policy) {
    Kept kept = models.get(model);
    return kept != null && kept.suits(policy)
        ? kept
        : models.compute(
            model, (name, other) -> other != null && other.suits(policy) ? other : empty(policy));
  }

  private Kept empty(CachePolicy policy) {
    Cache<String, InferenceResponse> answers =
        Caffeine.newBuilder()
            .ticker(ticker::nanos)
            .executor(Runnable::run)
            .expireAfterWrite(policy.ttl())
            .maximumWeight(policy.maxBytes())
            .weigher((String question, InferenceResponse answer) -> byteSize(answer))
            .build();
    return new Kept(policy.ttl(), policy.maxBytes(), answers);
  }

  private static int byteSize(InferenceResponse answer) {
    long bytes = OVERHEAD_BYTES;
    for (Tensor output : answer.outputs()) {
      bytes += output.byteSize();
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }
}
