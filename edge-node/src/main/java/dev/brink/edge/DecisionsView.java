package dev.brink.edge;

import dev.brink.inference.Provenance;
import dev.brink.management.ConsoleSection;
import dev.brink.routing.RecentDecisions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** The latest decisions as the console shows them. */
final class DecisionsView {

  private static final int SHOWN = 20;

  private final RecentDecisions recent;

  DecisionsView(RecentDecisions recent) {
    this.recent = recent;
  }

  ConsoleSection section() {
    return new ConsoleSection("Decisions", this::shown);
  }

  /** As many as are remembered, newest first. */
  JsonObject all() {
    return latest(Integer.MAX_VALUE);
  }

  private JsonObject shown() {
    return latest(SHOWN);
  }

  private JsonObject latest(int most) {
    JsonArray decisions = new JsonArray();
    recent.latest(most).forEach(entry -> decisions.add(row(entry)));
    return JsonObject.of("latest", decisions);
  }

  private static JsonObject row(RecentDecisions.Entry entry) {
    JsonObject row =
        new JsonObject()
            .put("number", entry.number())
            .put("model", entry.model())
            .put("id", entry.requestId());
    entry.provenance().ifPresent(answer -> tell(row, answer));
    entry.error().ifPresent(error -> row.put("error", error.message()));
    return row;
  }

  private static void tell(JsonObject row, Provenance answer) {
    row.put("route", answer.route().wireName())
        .put("reason", answer.reason().wireName())
        .put("degraded", answer.degraded())
        .put("confidence", rounded(answer.confidence()))
        .put("threshold", rounded(answer.threshold()))
        .put("node", answer.node());
  }

  /** JSON has no word for what is not a number. */
  private static Double rounded(double value) {
    return Double.isFinite(value) ? Math.round(value * 1e4) / 1e4 : null;
  }
}
