package dev.brink.oip.http;

import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceService;
import dev.brink.model.ModelCatalog;
import dev.brink.oip.intake.CodecThreads;
import dev.brink.oip.intake.MemoryBudget;
import dev.brink.oip.rules.CallerRules;
import dev.brink.oip.rules.InferenceCall;
import dev.brink.oip.rules.LogSettings;
import dev.brink.oip.rules.OipSettings;
import dev.brink.oip.rules.RepositoryRules;
import dev.brink.oip.rules.TenantRule;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The Open Inference Protocol v2 over HTTP, with Triton's extensions as far as a gateway has a use
 * for them. A request for a model that this node does not hold is passed on like any other: only
 * the service knows who else might hold it.
 */
public final class OipHttpApi {

  /** Under this key stands in the routing context for whom a request comes. */
  private static final String TENANT = "brink.tenant";

  /** Behind what counts a connection's requests, and before every resource. */
  private static final int FIRST = Integer.MIN_VALUE + 1;

  private final Vertx vertx;
  private final InferenceService service;
  private final Optional<InferenceService> deferring;
  private final ModelCatalog catalog;
  private final OipSettings settings;
  private final CallerRules callers;
  private final BooleanSupplier accepting;
  private final LongSupplier nanoClock;

  /** As the other constructor, open to every caller. */
  public OipHttpApi(
      Vertx vertx,
      InferenceService service,
      Optional<InferenceService> deferring,
      ModelCatalog catalog,
      OipSettings settings,
      BooleanSupplier accepting) {
    this(vertx, service, deferring, catalog, settings, CallerRules.open(), accepting);
  }

  /**
   * @param deferring answers requests whose callers would rather not wait ({@code Prefer:
   *     respond-async}), with a {@link dev.brink.inference.Deferral}; empty where they must wait
   * @param accepting false from the moment on at which the node drains
   */
  public OipHttpApi(
      Vertx vertx,
      InferenceService service,
      Optional<InferenceService> deferring,
      ModelCatalog catalog,
      OipSettings settings,
      CallerRules callers,
      BooleanSupplier accepting) {
    this.vertx = vertx;
    this.service = service;
    this.deferring = deferring;
    this.catalog = catalog;
    this.settings = settings;
    this.callers = callers;
    this.accepting = accepting;
    this.nanoClock = System::nanoTime;
  }

  /** For whom the request of {@code routing} comes; empty for no tenant. */
  public static String tenant(RoutingContext routing) {
    String tenant = routing.get(TENANT);
    return tenant == null ? "" : tenant;
  }

  /**
   * Answers every request that no route of {@code router} has taken before: mount what else there
   * is, such as {@code /v2/jobs}, first.
   */
  public void mount(Router router) {
    Routes routes = routes();
    if (callers.tenants() != TenantRule.NOBODY) {
      router.route().order(FIRST).handler(this::findTenant);
    }
    router.route().last().handler(routing -> routes.handle(new Exchange(routing)));
    router
        .route()
        .failureHandler(
            routing -> {
              if (routing.failure() != null) {
                Answers.failure(routing.response(), routing.failure());
              } else {
                Answers.error(routing.response(), routing.statusCode(), "Bad Request");
              }
            });
  }

  /** For every resource, so that none can forget to ask. */
  private void findTenant(RoutingContext routing) {
    try {
      routing.put(TENANT, callers.tenants().tenantOf(routing.request()));
    } catch (InferenceException refused) {
      UnreadBody.refuse(new Exchange(routing), refused.error());
      return;
    }
    routing.next();
  }

  private Routes routes() {
    Inferences inferences =
        new Inferences(
            new InferenceCall(vertx, service, nanoClock),
            deferring.map(outbox -> new InferenceCall(vertx, outbox, nanoClock)),
            settings,
            callers.forwarded(),
            new MemoryBudget(settings.maxBodiesBytes()),
            new CodecThreads(vertx));
    JsonBodies bodies = new JsonBodies(inferences);
    return new Routes(
        new ServerApi(settings, catalog, accepting),
        new ModelApi(catalog),
        new InferApi(inferences, catalog),
        new GenerateApi(inferences, catalog),
        new RepositoryApi(catalog, new RepositoryRules(catalog, settings), bodies),
        new SettingsApi(new LogSettings(callers.log(), settings), bodies),
        callers.restrictions());
  }
}
