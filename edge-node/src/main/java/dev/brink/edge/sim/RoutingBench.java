package dev.brink.edge.sim;

import dev.brink.model.CascadeSettings;
import dev.brink.routing.Calibration;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Every policy through every scenario, on the same requests. */
public final class RoutingBench {

  private static final double[] THRESHOLDS = {
    0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01
  };
  private static final String BRINK = "brink";
  private static final String ORACLE = "oracle";
  private static final String FIRST_COME = "brink-first-come";

  private final Traces traces;
  private final Calibration calibration;
  private final CascadeSettings settings;
  private final long seed;

  RoutingBench(Traces traces, Calibration calibration, CascadeSettings settings, long seed) {
    this.traces = traces;
    this.calibration = calibration;
    this.settings = settings;
    this.seed = seed;
  }

  public static void main(String[] arguments) throws Exception {
    CascadeSettings settings =
        CascadeSettings.of("probabilities", dev.brink.model.Signal.MAX_PROBABILITY, 0.72)
            .withUnknownLabels("150")
            .withObjective(Double.parseDouble(arguments[0]), java.time.Duration.ZERO, 0);
    Calibration calibration =
        Calibration.parse(
            java.nio.file.Files.readString(
                java.nio.file.Path.of("models/edge/intent/1/calibration.json")),
            dev.brink.model.Signal.MAX_PROBABILITY);
    Traces traces = Traces.read(java.nio.file.Path.of("models/samples/intent_traces.csv.gz"));
    List<Scenario> scenarios =
        Scenario.all().stream()
            .filter(s -> arguments.length < 2 || s.name().contains(arguments[1]))
            .toList();
    new RoutingBench(traces, calibration, settings, 42)
        .run(scenarios, new PrintWriter(System.out, true));
  }

  /** One scenario, with the scores by policy and what Brink's run looked like. */
  record Result(Scenario scenario, Map<String, Score> scores, Series brink, Swing swing) {

    Score brinkScore() {
      return scores.get(BRINK);
    }

    Score oracle() {
      return scores.get(ORACLE);
    }

    /** The best of the policies that are the same whatever happens, chosen in hindsight. */
    String bestStatic() {
      return scores.keySet().stream()
          .filter(RoutingBench::isStatic)
          .max((one, other) -> Double.compare(utility(one), utility(other)))
          .orElseThrow();
    }

    double utility(String policy) {
      return scores.get(policy).utility();
    }
  }

  static boolean isStatic(String policy) {
    return policy.startsWith("always")
        || policy.startsWith("static")
        || policy.equals("latency-only");
  }

  List<Result> run(List<Scenario> scenarios, PrintWriter progress) {
    List<Result> results = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      results.add(run(scenario));
      print(results.get(results.size() - 1), progress);
    }
    return results;
  }

  Result run(Scenario scenario) {
    Map<String, Score> scores = new LinkedHashMap<>();
    Series[] series = new Series[1];
    policies(scenario)
        .forEach(
            (name, maker) -> {
              World world = new World(scenario, traces, seed);
              Tally tally = world.run(maker.apply(world));
              scores.put(name, tally.score());
              series[0] = name.equals(BRINK) ? tally.series() : series[0];
            });
    Swing swing = Swing.of(series[0].forwardedShare(), scenario);
    return new Result(scenario, scores, series[0], swing);
  }

  private Map<String, Function<World, Policy>> policies(Scenario scenario) {
    Map<String, Function<World, Policy>> policies = new LinkedHashMap<>();
    policies.put("always-edge", EdgeOnly::new);
    policies.put("always-cloud", world -> new CloudFirst(world, false));
    policies.put("latency-only", world -> new CloudFirst(world, true));
    String unknown = settings.unknownLabels().isEmpty() ? "" : settings.unknownLabels().get(0);
    for (double threshold : THRESHOLDS) {
      String name = String.format(Locale.ROOT, "static-%.2f", threshold);
      policies.put(name, world -> new StaticCascade(world, threshold, unknown));
    }
    policies.put(BRINK, world -> new BrinkPolicy(world, settings, calibration, true));
    if (scenario.budget() > 0) {
      policies.put(FIRST_COME, world -> new BrinkPolicy(world, settings, calibration, false));
    }
    policies.put(ORACLE, Oracle::new);
    return policies;
  }

  private static void print(Result result, PrintWriter out) {
    out.printf(Locale.ROOT, "%n%s%n", result.scenario().name());
    out.printf(
        "  %-17s %8s %9s %9s %9s %8s %9s %9s%n",
        "policy", "utility", "in time", "agree", "accuracy", "calls", "degraded", "p99 ms");
    result
        .scores()
        .forEach(
            (name, score) ->
                out.printf(
                    Locale.ROOT,
                    "  %-17s %8.4f %8.2f%% %8.2f%% %8.2f%% %8.3f %8.2f%% %9.1f%n",
                    name,
                    score.utility(),
                    100 * score.deadlineMet(),
                    100 * score.agreement(),
                    100 * score.accuracy(),
                    score.cloudCalls(),
                    100 * score.degraded(),
                    score.p99Millis()));
    double best = result.utility(result.bestStatic());
    double brink = result.brinkScore().utility();
    out.printf(
        Locale.ROOT,
        "  brink against the best static policy (%s) %+.2f%%, against the oracle %+.2f%%,"
            + " swing %.1f times chance%n",
        result.bestStatic(),
        100 * (brink / best - 1),
        100 * (brink / result.oracle().utility() - 1),
        result.swing().timesChance());
    if (System.getProperty("series") != null) {
      for (int i = 0; i < 120; i++) {
        out.printf(
            "%d fw %.3f tau %.3f price %.3f lat %.1f%n",
            i,
            result.brink().forwardedShare()[i],
            result.brink().threshold()[i],
            result.brink().price()[i],
            result.brink().meanLatencyMillis()[i]);
      }
    }
    out.flush();
  }
}
