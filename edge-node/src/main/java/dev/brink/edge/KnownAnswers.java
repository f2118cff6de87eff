package dev.brink.edge;

import dev.brink.edge.cache.CacheListener;
import dev.brink.edge.cache.CachePolicy;
import dev.brink.edge.cache.ResponseCache;
import dev.brink.inference.InferenceService;
import dev.brink.model.CacheSettings;
import dev.brink.model.ModelSettings;
import dev.brink.node.Foundation;
import dev.brink.oip.intake.CodecThreads;
import dev.brink.resilience.Ticker;
import dev.brink.serving.ModelHost;
import dev.brink.telemetry.LabelledValue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The response cache in front of this node's models, as their settings say, and its metrics. */
final class KnownAnswers {

  private static final long TIDY_MILLIS = 5_000;

  private KnownAnswers() {}

  static InferenceService before(Foundation foundation, Ticker ticker) {
    ModelHost models = foundation.models();
    ResponseCache cache =
        new ResponseCache(
            models.inference(),
            (name, version) -> policy(models, name, version),
            new Counters(foundation.telemetry().registry()),
            new CodecThreads(foundation.vertx())::run,
            ticker);
    foundation.vertx().setPeriodic(TIDY_MILLIS, timer -> cache.tidy());
    foundation.telemetry().gauges("brink_cache_bytes", "Kept answers", () -> lines(cache.bytes()));
    return cache;
  }

  private static List<LabelledValue> lines(Map<String, Long> bytes) {
    return bytes.entrySet().stream()
        .map(model -> new LabelledValue(Map.of("model", model.getKey()), model.getValue()))
        .toList();
  }

  private static Optional<CachePolicy> policy(ModelHost models, String name, String version) {
    return models
        .settings(name, version)
        .filter(settings -> settings.cache().enabled())
        .flatMap(
            settings ->
                models.generation(name, version).map(generation -> policy(settings, generation)));
  }

  private static CachePolicy policy(ModelSettings settings, String generation) {
    CacheSettings cache = settings.cache();
    return new CachePolicy(
        generation, cache.ttl(), cache.maxBytes().bytes(), settings.batching().defaultPriority());
  }

  /** Found anew for each look-up, a counter would cost more than the look-up. */
  private static final class Counters implements CacheListener {

    private final MeterRegistry registry;
    private final Map<String, Counter> hits = new ConcurrentHashMap<>();
    private final Map<String, Counter> misses = new ConcurrentHashMap<>();

    Counters(MeterRegistry registry) {
      this.registry = registry;
    }

    @Override
    public void hit(String model) {
      hits.computeIfAbsent(model, name -> counter(name, "hit")).increment();
    }

    @Override
    public void miss(String model) {
      misses.computeIfAbsent(model, name -> counter(name, "miss")).increment();
    }

    private Counter counter(String model, String result) {
      return Counter.builder("brink_cache_requests")
          .description("Look-ups of kept answers")
          .tags("model", model, "result", result)
          .register(registry);
    }
  }
}
