package dev.brink.telemetry;

import dev.brink.inference.InferenceError;
import dev.brink.inference.Provenance;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;

/**
 * The request metrics. A model has labels of its own once it is known here or has answered; every
 * other name that callers make up counts as {@value #OTHER}. Thread-safe; nothing here blocks.
 */
public final class Metrics {

  static final String OTHER = "_other";
  private static final int MAX_MODELS = 200;

  private final MeterRegistry registry;
  private final Predicate<String> known;
  private final ConcurrentMap<String, ModelMeters> models = new ConcurrentHashMap<>();
  private final ModelMeters other;
  private final LongAdder inFlight = new LongAdder();

  /**
   * @param known whether this node holds a model of that name
   */
  Metrics(MeterRegistry registry, Predicate<String> known) {
    this.registry = registry;
    this.known = known;
    other = new ModelMeters(registry, OTHER);
    Gauge.builder("brink_requests_in_flight", inFlight, LongAdder::sum)
        .description("Requests accepted and not yet ended")
        .register(registry);
  }

  void begun() {
    inFlight.increment();
  }

  void ended() {
    inFlight.decrement();
  }

  /** Requests taken on and not yet answered. */
  public long inFlight() {
    return inFlight.sum();
  }

  void answered(String model, Provenance provenance, long nanos) {
    meters(model, true).answered(provenance, nanos);
  }

  void deferred(String model) {
    meters(model, false).unanswered(Outcome.DEFERRED);
  }

  void failed(String model, InferenceError error) {
    meters(model, false).unanswered(Outcome.of(error));
  }

  private ModelMeters meters(String model, boolean exists) {
    ModelMeters meters = models.get(model);
    if (meters != null) {
      return meters;
    }
    boolean admitted = models.size() < MAX_MODELS && (exists || known.test(model));
    return admitted
        ? models.computeIfAbsent(model, name -> new ModelMeters(registry, name))
        : other;
  }
}
