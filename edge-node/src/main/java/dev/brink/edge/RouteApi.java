package dev.brink.edge;

import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Parameters;
import dev.brink.inference.RequestContext;
import dev.brink.oip.http.OipHttpApi;
import dev.brink.resilience.Ticker;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * {@code GET /v2/models/{model}/route?route=auto&timeout-ms=1000}: where a request would run now,
 * and why, without running it.
 */
final class RouteApi {

  private static final long MOST_MILLIS = 600_000;

  private final Function<InferenceRequest, String> explainer;
  private final Ticker ticker;

  RouteApi(Function<InferenceRequest, String> explainer, Ticker ticker) {
    this.explainer = explainer;
    this.ticker = ticker;
  }

  void mount(Router router) {
    router.get("/v2/models/:model/route").handler(this::explain);
  }

  private void explain(RoutingContext context) {
    context.response().putHeader("Content-Type", "application/json");
    try {
      context.end(explainer.apply(request(context)));
    } catch (InferenceException refused) {
      context.response().setStatusCode(400);
      context.end(JsonObject.of("error", refused.error().message()).encode());
    }
  }

  /** Of the tenant who asks, if he is one. */
  private InferenceRequest request(RoutingContext context) {
    String route = context.request().getParam("route", "auto");
    Duration timeout = timeout(context.request().getParam("timeout-ms", "1000"));
    return new InferenceRequest(
        context.pathParam("model"),
        "",
        "",
        Parameters.of(Map.of("brink_route", route)),
        List.of(),
        List.of(),
        RequestContext.until(Deadline.after(timeout, ticker.nanos()))
            .withTenant(OipHttpApi.tenant(context)));
  }

  private static Duration timeout(String text) {
    try {
      long millis = Long.parseLong(text);
      if (millis >= 1 && millis <= MOST_MILLIS) {
        return Duration.ofMillis(millis);
      }
    } catch (NumberFormatException notANumber) {
      throw expected(text);
    }
    throw expected(text);
  }

  private static InferenceException expected(String text) {
    return InferenceError.invalid("timeout-ms: " + text + " (expected: 1 to " + MOST_MILLIS + ")");
  }
}
