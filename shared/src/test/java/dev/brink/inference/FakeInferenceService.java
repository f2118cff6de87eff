package dev.brink.inference;

import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** An inference service that remembers what it was asked and answers as told. */
public final class FakeInferenceService implements InferenceService {

  private final List<InferenceRequest> requests = new CopyOnWriteArrayList<>();
  private final Function<InferenceRequest, Future<InferenceResult>> behaviour;

  private final Optional<InferenceError> refusal;

  private FakeInferenceService(Function<InferenceRequest, Future<InferenceResult>> behaviour) {
    this(behaviour, Optional.empty());
  }

  private FakeInferenceService(
      Function<InferenceRequest, Future<InferenceResult>> behaviour,
      Optional<InferenceError> refusal) {
    this.behaviour = behaviour;
    this.refusal = refusal;
  }

  public static FakeInferenceService answering(InferenceResult result) {
    return new FakeInferenceService(request -> Future.succeededFuture(result));
  }

  public static FakeInferenceService failing(InferenceError error) {
    return new FakeInferenceService(request -> InferenceException.failed(error));
  }

  public static FakeInferenceService behaving(
      Function<InferenceRequest, Future<InferenceResult>> behaviour) {
    return new FakeInferenceService(behaviour);
  }

  /** Refuses requests unread, and those that come nevertheless. */
  public static FakeInferenceService refusing(InferenceError error) {
    return new FakeInferenceService(
        request -> InferenceException.failed(error), Optional.of(error));
  }

  @Override
  public Optional<InferenceError> refusal(String model, String version) {
    return refusal;
  }

  @Override
  public Future<InferenceResult> infer(InferenceRequest request) {
    requests.add(request);
    return behaviour.apply(request);
  }

  public List<InferenceRequest> requests() {
    return List.copyOf(requests);
  }
}
