package dev.brink.edge;

import dev.brink.edge.cache.CacheListener;
import dev.brink.edge.cache.CachePolicy;
import dev.brink.edge.cache.ResponseCache;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceService;
import dev.brink.model.CacheSettings;
import dev.brink.resilience.Ticker;
import dev.brink.serving.ModelHost;
import dev.brink.telemetry.Telemetry;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Optional;

/** The response cache in front of this node's models, as their settings say, and its metrics. */
final class KnownAnswers {

  private KnownAnswers() {}

  static InferenceService before(ModelHost models, Telemetry telemetry, Ticker ticker) {
    return new ResponseCache(
        models.inference(),
        request -> policy(models, request),
        counted(telemetry.registry()),
        ticker);
  }

  private static Optional<CachePolicy> policy(ModelHost models, InferenceRequest request) {
    Optional<CacheSettings> settings =
        models
            .settings(request.modelName(), request.modelVersion())
            .map(model -> model.cache())
            .filter(CacheSettings::enabled);
    return settings.flatMap(
        cache ->
            models
                .generation(request.modelName(), request.modelVersion())
                .map(
                    generation ->
                        new CachePolicy(generation, cache.ttl(), cache.maxBytes().bytes())));
  }

  private static CacheListener counted(MeterRegistry registry) {
    return new CacheListener() {
      @Override
      public void hit(String model) {
        count(model, "hit");
      }

      @Override
      public void miss(String model) {
        count(model, "miss");
      }

      private void count(String model, String result) {
        registry
            .counter("brink_cache_requests_total", "model", model, "result", result)
            .increment();
      }
    };
  }
}
