package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What serving costs beside the bare ONNX Runtime loop, in CPU time of the server's process: a
 * ratio of neighbours in time, so that a busy machine disturbs both.
 */
@Command(
    name = "serve",
    description = "CPU per request beside the bare ONNX Runtime loop; latencies; batching; peers.",
    mixinStandardHelpOptions = true)
final class ServeBench implements Callable<Integer> {

  enum Part {
    COST,
    LATENCY,
    METRICS,
    SETTLE,
    STALL,
    START
  }

  @Option(names = "--rounds", description = "Windows of each case; default: ${DEFAULT-VALUE}")
  private int rounds = 3;

  @Option(names = "--seconds", description = "Of a window; default: ${DEFAULT-VALUE}")
  private double seconds = 2;

  @Option(names = "--warm", description = "Seconds of load before; default: ${DEFAULT-VALUE}")
  private double warm = 20;

  @Option(
      names = "--parts",
      split = ",",
      description = "What to measure: ${COMPLETION-CANDIDATES}; default: all.")
  private Set<Part> parts = EnumSet.allOf(Part.class);

  @Option(
      names = "--raw-loop",
      paramLabel = "COMMAND",
      description = {
        "A bare loop to measure beside instead of the one in Java: called with a model's file,",
        "seconds and rows, prints CPU microseconds per row."
      })
  private Optional<String> rawLoop = Optional.empty();

  @Option(
      names = "--peer",
      paramLabel = "COMMAND",
      description = {
        "Another server of the same protocol to measure beside; {port} and {models} stand for the",
        "port to listen on and a folder with tiny.onnx, medium.onnx and text.onnx. May be repeated."
      })
  private List<String> peers = new ArrayList<>();

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException, OrtException {
    ServeReport report = new ServeReport();
    try (Scratch scratch = Scratch.create();
        ServeFixture fixture = new ServeFixture(scratch.folder(), rawLoop)) {
      for (Part part : EnumSet.copyOf(parts)) {
        of(part).measure(fixture, new Windows(rounds, warm, seconds), report);
      }
    }
    print(report);
    return 0;
  }

  private ServePart of(Part part) {
    return switch (part) {
      case COST -> new CostPart(peers);
      case LATENCY -> new LatencyPart();
      case METRICS -> new MetricsPart();
      case SETTLE -> new SettlePart();
      case STALL -> new StallPart();
      case START -> new StartPart();
    };
  }

  private void print(ServeReport report) {
    var text = spec.commandLine().getOut();
    report.print(text);
    text.println();
    text.println(
        rawLoop
            .map(command -> "bare: CPU time of a row by " + command + ".")
            .orElse(
                "bare: CPU time of a row in a loop over ONNX Runtime's Java API, tensors bound; a"
                    + " loop in C takes about 3.5 us less."));
    text.println(
        "server: CPU time of the whole process per answer, closed loop, on a core of its own where"
            + " taskset can do that; 1/s: answers per second of the clock.");
    text.printf(
        Locale.ROOT,
        "noise: the bare loop's own figures were up to %.2f times apart (1 on a quiet machine).%n",
        report.noise());
    text.flush();
    if (out != null) {
      report.write(out);
    }
  }
}
