package dev.brink.telemetry;

import dev.brink.inference.Provenance;
import dev.brink.inference.Reason;
import dev.brink.inference.Route;
import dev.brink.inference.Timings;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;

/** The meters of one model, made when first needed and then found by index. */
final class ModelMeters {

  private static final int ROUTES = Route.values().length;
  private static final int REASONS = Reason.values().length;

  private final MeterRegistry registry;
  private final String model;
  private final AtomicReferenceArray<Counter> answered =
      new AtomicReferenceArray<>(ROUTES * REASONS);
  private final AtomicReferenceArray<Counter> degraded = new AtomicReferenceArray<>(REASONS);
  private final AtomicReferenceArray<Counter> unanswered =
      new AtomicReferenceArray<>(Outcome.values().length);
  private final AtomicReferenceArray<Timer> total = new AtomicReferenceArray<>(ROUTES);
  private final Timer queue;
  private final Timer run;
  private final Timer uplink;

  ModelMeters(MeterRegistry registry, String model) {
    this.registry = registry;
    this.model = model;
    queue = timer("brink_queue", "Waiting for a model instance on this node");
    run = timer("brink_run", "Running on this node");
    uplink =
        timer("brink_uplink", "On the way to the cloud and back, without the cloud's own time");
  }

  void answered(Provenance provenance, long nanos) {
    int route = provenance.route().ordinal();
    int reason = provenance.reason().ordinal();
    counter(answered, route * REASONS + reason, provenance, Outcome.OK).increment();
    if (provenance.degraded()) {
      degradedBecause(provenance.reason()).increment();
    }
    total(provenance.route()).record(nanos, TimeUnit.NANOSECONDS);
    record(provenance.timings());
  }

  void unanswered(Outcome outcome) {
    Counter counter = unanswered.get(outcome.ordinal());
    if (counter == null) {
      counter = requests("none", "none", outcome);
      unanswered.set(outcome.ordinal(), counter);
    }
    counter.increment();
  }

  /** An answer that came from the cloud alone says how long it waited there, not here. */
  private void record(Timings timings) {
    record(uplink, timings.uplink());
    if (timings.edge() > 0) {
      record(queue, timings.queue());
      record(run, timings.edge());
    } else if (timings.uplink() == 0) {
      record(queue, timings.queue());
      record(run, timings.cloud() - timings.queue());
    }
  }

  private static void record(Timer timer, long nanos) {
    if (nanos > 0) {
      timer.record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  private Counter counter(
      AtomicReferenceArray<Counter> counters, int index, Provenance provenance, Outcome outcome) {
    Counter counter = counters.get(index);
    if (counter == null) {
      String reason = provenance.reason().wireName();
      counter = requests(provenance.route().wireName(), reason, outcome);
      counters.set(index, counter);
    }
    return counter;
  }

  private Counter requests(String route, String reason, Outcome outcome) {
    return Counter.builder("brink_requests")
        .description("Requests by how they ended")
        .tags("model", model, "route", route, "reason", reason, "status", outcome.label())
        .register(registry);
  }

  private Counter degradedBecause(Reason reason) {
    Counter counter = degraded.get(reason.ordinal());
    if (counter == null) {
      counter =
          Counter.builder("brink_degraded")
              .description("Edge answers that would have been escalated")
              .tags("model", model, "reason", reason.wireName())
              .register(registry);
      degraded.set(reason.ordinal(), counter);
    }
    return counter;
  }

  private Timer total(Route route) {
    Timer timer = total.get(route.ordinal());
    if (timer == null) {
      timer =
          Histograms.timer(
              registry,
              "brink_request",
              "From arrival to answer",
              "model",
              model,
              "route",
              route.wireName());
      total.set(route.ordinal(), timer);
    }
    return timer;
  }

  private Timer timer(String name, String description) {
    return Histograms.timer(registry, name, description, "model", model);
  }
}
