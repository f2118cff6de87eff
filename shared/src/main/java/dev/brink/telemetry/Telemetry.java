package dev.brink.telemetry;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** A node's metrics: one registry for its own, Vert.x's and the JVM's. */
public final class Telemetry implements AutoCloseable {

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final boolean counts;
  private final List<Runnable> beforeScrape = new CopyOnWriteArrayList<>();
  private final JvmGcMetrics collections = new JvmGcMetrics();
  private final LoopLag loopLag = new LoopLag();

  public Telemetry() {
    this(true);
  }

  /**
   * @param counts false for no metrics at all
   */
  public Telemetry(boolean counts) {
    this.counts = counts;
    if (!counts) {
      registry.config().meterFilter(MeterFilter.deny());
    }
    new ClassLoaderMetrics().bindTo(registry);
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    collections.bindTo(registry);
    gauge("brink_event_loop_lag_seconds", "Worst delay of a timer since the last look", loopLag);
  }

  /** For meters of other packages' own. */
  public MeterRegistry registry() {
    return registry;
  }

  /**
   * @param knownModel whether this node holds a model of that name
   */
  public Metrics requestMetrics(Predicate<String> knownModel) {
    return new Metrics(registry, knownModel);
  }

  /** A gauge that is read when somebody looks. */
  public void gauge(String name, String description, DoubleSupplier value) {
    Gauge.builder(name, value, DoubleSupplier::getAsDouble)
        .description(description)
        .strongReference(true)
        .register(registry);
  }

  /** A gauge whose lines come and go, such as one for each state of each model. */
  public void gauges(String name, String description, Supplier<List<LabelledValue>> lines) {
    MultiGauge gauges = MultiGauge.builder(name).description(description).register(registry);
    beforeScrape.add(
        () -> gauges.register(lines.get().stream().map(Telemetry::row).toList(), true));
  }

  /** A counter whose lines come and go, and that is counted elsewhere. */
  public void counters(String name, String description, Supplier<List<LabelledValue>> lines) {
    MultiCounter counters = new MultiCounter(registry, name, description);
    beforeScrape.add(() -> counters.set(lines.get()));
  }

  private static MultiGauge.Row<Number> row(LabelledValue line) {
    List<Tag> tags =
        line.labels().entrySet().stream()
            .map(label -> Tag.of(label.getKey(), label.getValue()))
            .toList();
    return MultiGauge.Row.of(Tags.of(tags), line.value());
  }

  /** A Vert.x whose servers, event bus and pools are measured. */
  public VertxBuilder vertx(VertxOptions options) {
    return Vertx.builder()
        .with(new VertxOptions(options).setMetricsOptions(vertxMetrics()))
        .withMetrics(new MicrometerMetricsFactory(registry));
  }

  /** Paths and peers are callers' words, so they are no labels. */
  private MicrometerMetricsOptions vertxMetrics() {
    MicrometerMetricsOptions options = new MicrometerMetricsOptions().setEnabled(counts);
    options.getLabels().clear();
    return options
        .addLabels(Label.HTTP_METHOD, Label.HTTP_CODE, Label.EB_SIDE, Label.POOL_NAME)
        .addDisabledMetricsCategory(MetricsDomain.NET_SERVER)
        .addDisabledMetricsCategory(MetricsDomain.NET_CLIENT)
        .addDisabledMetricsCategory(MetricsDomain.DATAGRAM_SOCKET)
        .addDisabledMetricsCategory(MetricsDomain.VERTICLES);
  }

  /** Starts to measure how late the event loops of {@code vertx} are. */
  public Future<Void> watchEventLoops(Vertx vertx, int eventLoops) {
    return loopLag.watch(vertx, eventLoops);
  }

  /** Everything, in Prometheus' text format. */
  public String scrape() {
    beforeScrape.forEach(Runnable::run);
    return registry.scrape();
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
