package dev.brink.edge.sim;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the comparison came to, as text and as JSON. */
final class RoutingReport {

  private final List<RoutingBench.Result> results;

  RoutingReport(List<RoutingBench.Result> results) {
    this.results = List.copyOf(results);
  }

  static void print(RoutingBench.Result result, PrintWriter out) {
    out.printf("%n%s%n", result.scenario().name());
    out.printf(
        "  %-17s %8s %9s %9s %9s %8s %9s %9s%n",
        "policy", "utility", "in time", "agree", "accuracy", "calls", "degraded", "p99 ms");
    result.scores().forEach((policy, score) -> print(policy, score, out));
    out.printf(
        Locale.ROOT,
        "  brink against %s, the best static policy: %+.2f %%; against the oracle: %+.2f %%;"
            + " forwarded share %s%n",
        result.bestStatic(),
        100 * result.againstBestStatic(),
        100 * result.againstOracle(),
        swing(result.swing()));
    out.flush();
  }

  private static String swing(Swing swing) {
    return swing.isJudged()
        ? String.format(
            Locale.ROOT,
            "swings %.1f times chance%s",
            swing.timesChance(),
            swing.isOscillation() ? " (oscillates)" : "")
        : "not judged, too short";
  }

  /** The mean of the utilities over all scenarios that every policy ran. */
  void printOverall(PrintWriter out) {
    out.printf("%noverall, mean utility%n");
    overall().entrySet().stream()
        .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
        .forEach(
            mean -> out.printf(Locale.ROOT, "  %-17s %8.4f%n", mean.getKey(), mean.getValue()));
    out.flush();
  }

  JsonObject json(long seed, double agreement, double callCost) {
    JsonArray scenarios = new JsonArray();
    results.forEach(result -> scenarios.add(json(result)));
    JsonObject overall = new JsonObject();
    overall().forEach(overall::put);
    return new JsonObject()
        .put("seed", seed)
        .put("agreement_objective", agreement)
        .put("call_cost", callCost)
        .put("scenarios", scenarios)
        .put("overall_utility", overall);
  }

  private Map<String, Double> overall() {
    Map<String, Double> means = new LinkedHashMap<>();
    for (RoutingBench.Result result : results) {
      result
          .scores()
          .forEach(
              (policy, score) ->
                  means.merge(policy, score.utility() / results.size(), Double::sum));
    }
    results.forEach(result -> means.keySet().retainAll(result.scores().keySet()));
    return means;
  }

  private static void print(String policy, Score score, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "  %-17s %8.4f %7.2f %% %7.2f %% %7.2f %% %8.3f %7.2f %% %9.1f%n",
        policy,
        score.utility(),
        100 * score.deadlineMet(),
        100 * score.agreement(),
        100 * score.accuracy(),
        score.cloudCalls(),
        100 * score.degraded(),
        score.p99Millis());
  }

  private static JsonObject json(RoutingBench.Result result) {
    JsonObject policies = new JsonObject();
    result.scores().forEach((policy, score) -> policies.put(policy, json(score)));
    return new JsonObject()
        .put("name", result.scenario().name())
        .put("policies", policies)
        .put("best_static", result.bestStatic())
        .put("brink_against_best_static", result.againstBestStatic())
        .put("brink_against_oracle", result.againstOracle())
        .put("forwarded_before", result.forwardedBefore())
        .put("forwarded_during", result.forwardedDuring())
        .put("calls_to_slow", result.callsToSlow())
        .put("swing_times_chance", result.swing().timesChance())
        .put("oscillates", result.swing().isOscillation());
  }

  private static JsonObject json(Score score) {
    return new JsonObject()
        .put("requests", score.requests())
        .put("utility", score.utility())
        .put("deadline_met", score.deadlineMet())
        .put("agreement", score.agreement())
        .put("accuracy", score.accuracy())
        .put("cloud_calls", score.cloudCalls())
        .put("degraded", score.degraded())
        .put("p99_ms", score.p99Millis());
  }
}
