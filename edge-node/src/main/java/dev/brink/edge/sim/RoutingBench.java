package dev.brink.edge.sim;

import dev.brink.model.CascadeSettings;
import dev.brink.routing.Calibration;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Every policy through every scenario, on the same requests. */
public final class RoutingBench {

  private static final double[] THRESHOLDS = {
    0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.01
  };
  private static final String BRINK = "brink";
  private static final String ORACLE = "oracle";
  private static final String FIRST_COME = "brink-first-come";

  private final Source source;
  private final Calibration calibration;
  private final CascadeSettings settings;
  private final long seed;
  private final double[] thresholds;

  /**
   * @param traces gzipped lines of recorded answers
   * @param settings of the edge model, its signal being the largest probability; unknown labels are
   *     the indexes that the traces use
   * @throws IllegalArgumentException where the traces cannot be read
   */
  public RoutingBench(Path traces, Calibration calibration, CascadeSettings settings, long seed)
      throws IOException {
    this(Traces.read(traces), calibration, settings, seed, THRESHOLDS);
  }

  /** Where requests come from, and what runs them in the cloud. */
  private interface Source {
    Arrivals arrivals(Scenario scenario);

    default ServiceTimes cloud() {
      return ServiceTimes.cloud();
    }

    default List<Scenario> scenarios() {
      return Scenario.all();
    }
  }

  /**
   * @param thresholds of the static policies
   */
  RoutingBench(
      Traces traces,
      Calibration calibration,
      CascadeSettings settings,
      long seed,
      double... thresholds) {
    this(
        scenario -> new DrawnArrivals(scenario, traces, seed),
        calibration,
        settings,
        seed,
        thresholds);
  }

  private RoutingBench(
      Source source,
      Calibration calibration,
      CascadeSettings settings,
      long seed,
      double... thresholds) {
    this.source = source;
    this.thresholds = thresholds;
    this.calibration = calibration;
    this.settings = settings;
    this.seed = seed;
  }

  /**
   * Replays what a node recorded, in place of the scenarios.
   *
   * @param model whose requests; empty for the first one's
   * @throws IllegalArgumentException where the file is no recording
   */
  public static RoutingBench ofRecording(
      Path file, String model, Calibration calibration, CascadeSettings settings, long seed)
      throws IOException {
    Recording recording = Recording.read(file, model, seed);
    Source source =
        new Source() {
          @Override
          public Arrivals arrivals(Scenario scenario) {
            return new RecordedArrivals(recording.requests());
          }

          @Override
          public ServiceTimes cloud() {
            return recording.cloud();
          }

          @Override
          public List<Scenario> scenarios() {
            return List.of(recording.scenario());
          }
        };
    CascadeSettings asRecorded = settings.withUnknownLabels(Recording.UNKNOWN);
    return new RoutingBench(source, calibration, asRecorded, seed, THRESHOLDS);
  }

  /** One scenario, with the scores by policy and what Brink's run looked like. */
  record Result(
      Scenario scenario, Map<String, Score> scores, Series brink, Swing swing, double callsToSlow) {

    double forwardedBefore() {
      return brink.forwarded(0, (int) scenario.from());
    }

    double forwardedDuring() {
      return brink.forwarded((int) scenario.from(), (int) scenario.until());
    }

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

    double againstBestStatic() {
      return brinkScore().utility() / utility(bestStatic()) - 1;
    }

    double againstOracle() {
      return brinkScore().utility() / oracle().utility() - 1;
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

  /**
   * Runs the scenarios whose name contains {@code only}, prints the table, and writes it and the
   * plots where that is wanted.
   *
   * @throws IllegalArgumentException where there is no such scenario
   */
  public void run(String only, PrintWriter out, Optional<Path> json, Optional<Path> plots)
      throws IOException {
    List<Scenario> scenarios =
        source.scenarios().stream().filter(scenario -> scenario.name().contains(only)).toList();
    if (scenarios.isEmpty()) {
      throw new IllegalArgumentException("no scenario is called " + only);
    }
    List<Result> results = new ArrayList<>();
    for (Scenario scenario : scenarios) {
      Result result = run(scenario);
      results.add(result);
      RoutingReport.print(result, out);
    }
    RoutingReport report = new RoutingReport(results);
    report.printOverall(out);
    if (json.isPresent()) {
      String text = report.json(seed, settings.agreement(), settings.callCost()).encodePrettily();
      Files.writeString(json.get(), text + "\n");
    }
    if (plots.isPresent()) {
      Files.createDirectories(plots.get());
      for (Result result : results) {
        Path file = plots.get().resolve(result.scenario().name() + ".svg");
        Files.writeString(file, SeriesPlot.of(result));
      }
    }
  }

  Result run(Scenario scenario) {
    Map<String, Score> scores = new LinkedHashMap<>();
    Tally[] brink = new Tally[1];
    policies(scenario)
        .forEach(
            (name, maker) -> {
              World world = new World(scenario, source.arrivals(scenario), source.cloud(), seed);
              Tally tally = world.run(maker.apply(world));
              scores.put(name, tally.score());
              brink[0] = name.equals(BRINK) ? tally : brink[0];
            });
    Series series = brink[0].series();
    Swing swing = Swing.of(series.forwardedShare(), scenario);
    return new Result(scenario, scores, series, swing, brink[0].shareToSlow());
  }

  private Map<String, Function<World, Policy>> policies(Scenario scenario) {
    Map<String, Function<World, Policy>> policies = new LinkedHashMap<>();
    policies.put("always-edge", EdgeOnly::new);
    policies.put("always-cloud", world -> new CloudFirst(world, false));
    policies.put("latency-only", world -> new CloudFirst(world, true));
    String unknown = settings.unknownLabels().isEmpty() ? "" : settings.unknownLabels().get(0);
    for (double threshold : thresholds) {
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
}
