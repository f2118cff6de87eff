package dev.brink.edge.cache;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.Route;
import dev.brink.inference.Tensor;
import dev.brink.inference.Timings;
import dev.brink.resilience.Ticker;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Keeps the answers of another service, model by model, and gives them again to the same question
 * with route {@link Route#CACHE}. The same question asked while the first is under way waits for
 * its answer. Only whole answers are kept: no degraded ones, no promises, nothing of a sequence.
 */
public final class ResponseCache implements InferenceService {

  /** What a kept answer costs beside its values, roughly. */
  private static final int OVERHEAD_BYTES = 512;

  private final InferenceService answering;
  private final Function<InferenceRequest, Optional<CachePolicy>> policies;
  private final CacheListener listener;
  private final Ticker ticker;
  private final Map<String, Kept> models = new ConcurrentHashMap<>();
  private final Map<String, Future<InferenceResult>> underWay = new ConcurrentHashMap<>();

  private record Kept(CachePolicy policy, Cache<String, InferenceResponse> answers) {}

  /**
   * @param policies how the answers of a request's model are kept; empty for not at all
   */
  public ResponseCache(
      InferenceService answering,
      Function<InferenceRequest, Optional<CachePolicy>> policies,
      CacheListener listener,
      Ticker ticker) {
    this.answering = answering;
    this.policies = policies;
    this.listener = listener;
    this.ticker = ticker;
  }

  @Override
  public Future<InferenceResult> infer(InferenceRequest request) {
    Optional<CachePolicy> policy = policies.apply(request);
    if (policy.isEmpty() || request.parameters().has("sequence_id")) {
      return answering.infer(request);
    }
    return infer(request, kept(request.modelName(), policy.get()));
  }

  /** Where answers are kept, whether this one is known cannot be said before it is read. */
  @Override
  public Optional<InferenceError> refusal(String model, String version) {
    return models.containsKey(model) ? Optional.empty() : answering.refusal(model, version);
  }

  private Future<InferenceResult> infer(InferenceRequest request, Kept kept) {
    String question = RequestDigest.of(request, kept.policy().generation());
    InferenceResponse known = kept.answers().getIfPresent(question);
    if (known != null) {
      return Future.succeededFuture(again(known, request));
    }
    Promise<InferenceResult> first = Promise.promise();
    Future<InferenceResult> leader = underWay.putIfAbsent(question, first.future());
    return leader == null ? ask(request, kept, question, first) : follow(leader, request);
  }

  private Future<InferenceResult> ask(
      InferenceRequest request, Kept kept, String question, Promise<InferenceResult> first) {
    listener.miss(request.modelName());
    return answering
        .infer(request)
        .onComplete(
            answer -> {
              if (answer.succeeded() && isWhole(answer.result())) {
                kept.answers().put(question, (InferenceResponse) answer.result());
              }
              underWay.remove(question);
              first.handle(answer);
            });
  }

  /** Waits for the first one's answer; asks for itself where that came to nothing. */
  private Future<InferenceResult> follow(Future<InferenceResult> leader, InferenceRequest request) {
    Promise<InferenceResult> answer = Promise.promise();
    Context caller = Vertx.currentContext();
    leader.onComplete(
        shared -> {
          Runnable settle =
              () ->
                  (shared.succeeded() && isWhole(shared.result())
                          ? Future.succeededFuture(
                              again((InferenceResponse) shared.result(), request))
                          : answering.infer(request))
                      .onComplete(answer);
          if (caller == null) {
            settle.run();
          } else {
            caller.runOnContext(ignored -> settle.run());
          }
        });
    return answer.future();
  }

  private static boolean isWhole(InferenceResult result) {
    return result instanceof InferenceResponse response && !response.provenance().degraded();
  }

  private InferenceResult again(InferenceResponse known, InferenceRequest request) {
    listener.hit(request.modelName());
    return known
        .withId(request.id())
        .withProvenance(known.provenance().from(Route.CACHE).timed(Timings.NONE));
  }

  private Kept kept(String model, CachePolicy policy) {
    Kept kept = models.get(model);
    if (kept != null && kept.policy().equals(policy)) {
      return kept;
    }
    return models.compute(
        model,
        (name, other) ->
            other != null && other.policy().equals(policy)
                ? other
                : new Kept(policy, answers(policy)));
  }

  private Cache<String, InferenceResponse> answers(CachePolicy policy) {
    return Caffeine.newBuilder()
        .ticker(ticker::nanos)
        .executor(Runnable::run)
        .expireAfterWrite(policy.ttl())
        .maximumWeight(policy.maxBytes())
        .weigher((String question, InferenceResponse answer) -> byteSize(answer))
        .build();
  }

  private static int byteSize(InferenceResponse answer) {
    long bytes = OVERHEAD_BYTES;
    for (Tensor output : answer.outputs()) {
      bytes += output.byteSize();
    }
    return (int) Math.min(Integer.MAX_VALUE, bytes);
  }
}
