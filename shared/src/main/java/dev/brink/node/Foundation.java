package dev.brink.node;

import dev.brink.config.EffectiveConfig;
import dev.brink.config.HttpSection;
import dev.brink.config.LogSection;
import dev.brink.config.ManagementSection;
import dev.brink.config.ModelsSection;
import dev.brink.config.TlsSection;
import dev.brink.inference.Route;
import dev.brink.management.Console;
import dev.brink.management.Health;
import dev.brink.management.HealthStatus;
import dev.brink.management.ModelMetrics;
import dev.brink.management.ModelSections;
import dev.brink.resilience.Ticker;
import dev.brink.security.Tls;
import dev.brink.serving.ModelHost;
import dev.brink.telemetry.Logging;
import dev.brink.telemetry.Metrics;
import dev.brink.telemetry.RequestSummary;
import dev.brink.telemetry.Telemetry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every node stands on, whatever its role: Vert.x, its own models, metrics, health, the
 * console.
 */
public final class Foundation {

  private static final Logger LOG = LoggerFactory.getLogger(Foundation.class);
  private static final int WARM_WITHIN_MILLIS = 500;

  private final String nodeId;
  private final Telemetry telemetry;
  private final Tls tls;
  private final Vertx vertx;
  private final ModelHost models;
  private final Metrics metrics;
  private final Health health;
  private final Console console;
  private final Map<String, Supplier<JsonObject>> pages = new LinkedHashMap<>();
  private volatile boolean accepting = true;

  private Foundation(
      String nodeId,
      Route route,
      ModelsSection models,
      TlsSection tls,
      ManagementSection management) {
    VertxOptions options = loops();
    this.nodeId = nodeId;
    this.telemetry = new Telemetry(management.metrics());
    this.tls = Tls.of(tls);
    this.vertx = telemetry.vertx(options).build();
    this.models = new ModelHost(vertx, models, nodeId, route, Ticker.system());
    this.metrics = telemetry.requestMetrics(name -> this.models.find(name, "").isPresent());
    this.health =
        new Health()
            .ready("accepting", this::acceptance)
            .ready("models", () -> ModelSections.health(this.models));
    this.console =
        new Console(route.wireName(), nodeId, new RequestSummary(telemetry, metrics))
            .add(ModelSections.console(this.models));
    telemetry.gauges(
        "brink_model_state", "Models by state", () -> ModelSections.states(this.models));
    telemetry.gauges(
        "brink_model_device", "What models run on", () -> ModelSections.devices(this.models));
    ModelMetrics.register(this.models, telemetry);
    this.tls.watch(vertx);
    telemetry.watchEventLoops(vertx, options.getEventLoopPoolSize());
  }

  /** A loop for each core: more of them only take turns. */
  private static VertxOptions loops() {
    return new VertxOptions()
        .setPreferNativeTransport(true)
        .setEventLoopPoolSize(Runtime.getRuntime().availableProcessors());
  }

  /** Logs the configuration in force, once, and lays the foundation; loads nothing yet. */
  public static Foundation lay(
      String nodeId,
      Route route,
      ModelsSection models,
      TlsSection tls,
      ManagementSection management,
      LogSection log,
      Record config) {
    Logging.configure(log);
    EffectiveConfig.of(config)
        .forEach((key, value) -> LOG.atInfo().addKeyValue(key, value).log("configuration"));
    return new Foundation(nodeId, route, models, tls, management);
  }

  /**
   * Tries to load every model, and meanwhile what the first request over HTTP needs. Fails where
   * the models' folder cannot be read.
   */
  public Future<Void> start(HttpSection http) {
    Future<Integer> warm =
        http.warmup() ? WarmUp.run(WARM_WITHIN_MILLIS) : Future.succeededFuture();
    return models.start().compose(loaded -> warm).mapEmpty();
  }

  public String nodeId() {
    return nodeId;
  }

  public Tls tls() {
    return tls;
  }

  public Vertx vertx() {
    return vertx;
  }

  public Telemetry telemetry() {
    return telemetry;
  }

  public Metrics metrics() {
    return metrics;
  }

  public ModelHost models() {
    return models;
  }

  public Health health() {
    return health;
  }

  public Console console() {
    return console;
  }

  /** Adds a page of JSON to the management port; before its door is opened. */
  public void page(String path, Supplier<JsonObject> content) {
    pages.put(path, content);
  }

  Map<String, Supplier<JsonObject>> pages() {
    return pages;
  }

  /** False from the moment on at which the node drains. */
  public boolean accepting() {
    return accepting;
  }

  /** From now on the node says that it is not ready. */
  void drain() {
    accepting = false;
  }

  public Future<Void> close() {
    return models
        .close()
        .eventually(vertx::close)
        .onComplete((closed, failure) -> telemetry.close());
  }

  private HealthStatus acceptance() {
    return accepting ? HealthStatus.healthy() : HealthStatus.down("draining");
  }
}
