package dev.brink.edge.bench;

import dev.brink.edge.cli.CommandFailure;
import dev.brink.edge.sim.RoutingBench;
import dev.brink.model.CascadeSettings;
import dev.brink.model.Signal;
import dev.brink.routing.Calibration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The router against other policies, in virtual time, on the recorded answers of a model pair. */
@Command(
    name = "routing",
    description = "Compares ways of routing in ten scenarios, in virtual time.",
    mixinStandardHelpOptions = true)
final class RoutingCommand implements Callable<Integer> {

  /** The index of the label oos in the recorded answers. */
  private static final String OUT_OF_SCOPE = "150";

  private static final double CALL_COST = 0.05;

  @Option(names = "--seed", defaultValue = "42", description = "Of everything that is random.")
  private long seed;

  @Option(names = "--agreement", description = "An objective that Brink is given.")
  private Optional<Double> agreement;

  @Option(
      names = "--call-cost",
      description =
          "What Brink is told that a call costs, in right answers; without any objective: 0.05, as"
              + " the measure has it")
  private Optional<Double> callCost;

  @Option(names = "--scenario", defaultValue = "", description = "Only those of such a name.")
  private String scenario;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description = "Replays what a node recorded (routing.trace) in place of the scenarios.")
  private Optional<Path> trace;

  @Option(names = "--model", defaultValue = "", description = "Of the trace; else the first one's.")
  private String model;

  @Option(
      names = "--calibration",
      paramLabel = "FILE",
      description = "Of the model in the trace; without it, Brink learns as it goes.")
  private Optional<Path> calibration;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Optional<Path> out;

  @Option(names = "--plots", description = "Folder for a plot (SVG) of every scenario.")
  private Optional<Path> plots;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Path models = NodePair.home().resolve("models");
    CascadeSettings settings =
        CascadeSettings.of("probabilities", Signal.MAX_PROBABILITY, 0.72)
            .withUnknownLabels(OUT_OF_SCOPE)
            .withObjective(agreement.orElse(0.0), Duration.ZERO, 0)
            .withCallCost(callCost.orElse(agreement.isPresent() ? 0 : CALL_COST));
    try {
      (trace.isPresent() ? replay(trace.get(), settings) : simulation(models, settings))
          .run(scenario, spec.commandLine().getOut(), out, plots);
    } catch (IOException | IllegalArgumentException refused) {
      throw CommandFailure.failed(refused.getMessage());
    }
    return 0;
  }

  private RoutingBench simulation(Path models, CascadeSettings settings) throws IOException {
    return new RoutingBench(
        models.resolve("samples/intent_traces.csv.gz"),
        calibration(models.resolve("edge/intent/1/calibration.json")),
        settings,
        seed);
  }

  private RoutingBench replay(Path recording, CascadeSettings settings) throws IOException {
    Calibration start =
        calibration.isPresent() ? calibration(calibration.get()) : Calibration.none();
    return RoutingBench.ofRecording(recording, model, start, settings, seed);
  }

  private static Calibration calibration(Path file) throws IOException {
    return Calibration.parse(Files.readString(file), Signal.MAX_PROBABILITY);
  }
}
