package dev.brink.telemetry;

import dev.brink.inference.Deferral;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.function.LongSupplier;

/** Counts and times every request; the outermost layer, so that its times are the caller's. */
public final class MeteredInference implements InferenceService {

  private final InferenceService inner;
  private final Metrics metrics;
  private final LongSupplier nanos;

  /**
   * @param nanos a monotonic clock
   */
  public MeteredInference(InferenceService inner, Metrics metrics, LongSupplier nanos) {
    this.inner = inner;
    this.metrics = metrics;
    this.nanos = nanos;
  }

  @Override
  public Future<InferenceResult> infer(InferenceRequest request) {
    long begun = nanos.getAsLong();
    metrics.begun();
    return inner
        .infer(request)
        .andThen(
            (result, failure) -> {
              metrics.ended();
              if (failure == null) {
                succeeded(request.modelName(), result, nanos.getAsLong() - begun);
              } else {
                metrics.failed(request.modelName(), InferenceException.errorOf(failure));
              }
            });
  }

  /** Refused so early, a request counts as one all the same. */
  @Override
  public Optional<InferenceError> refusal(String model, String version) {
    Optional<InferenceError> refusal = inner.refusal(model, version);
    refusal.ifPresent(error -> metrics.failed(model, error));
    return refusal;
  }

  private void succeeded(String model, InferenceResult result, long tookNanos) {
    switch (result) {
      case InferenceResponse response -> metrics.answered(model, response.provenance(), tookNanos);
      case Deferral deferral -> metrics.deferred(model);
    }
  }
}
