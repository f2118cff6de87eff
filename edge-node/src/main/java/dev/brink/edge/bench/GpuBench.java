package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import dev.brink.edge.cli.CommandFailure;
import dev.brink.inference.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Rows per second of a node's engine on a GPU, from requests of one row each, beside the bare ONNX
 * Runtime loop, which is given whole runs of as many rows.
 */
@Command(
    name = "gpu",
    description = "Rows per second on a GPU beside the bare ONNX Runtime loop.",
    mixinStandardHelpOptions = true)
final class GpuBench implements Callable<Integer> {

  private static final int ROUNDS = 5;
  private static final double WARM_UP_SECONDS = 0.5;

  @Option(names = "--provider", description = "cuda, tensorrt, or cpu to try the command.")
  private String provider = "cuda";

  @Option(names = "--rows", split = ",", description = "Rows in a run; default: 1,8,32,64")
  private List<Integer> sizes = List.of(1, 8, 32, 64);

  @Option(names = "--model", description = "An ONNX file; default: a MobileNet, and those shipped.")
  private List<Path> files = List.of();

  @Option(names = "--seconds", description = "For each figure; default: ${DEFAULT-VALUE}")
  private double seconds = 5;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private final Table table =
      new Table(
          "model",
          "rows in a run",
          "bare rows/s",
          "bare rows/s, 2 runs at once",
          "engine rows/s",
          "engine / better bare",
          "engine rows in a run",
          "bare GPU busy",
          "engine GPU busy");

  /** What one round found. */
  private record Round(
      double bare,
      double bareTwice,
      EngineRate engine,
      OptionalDouble bareBusy,
      OptionalDouble busy) {

    double ratio() {
      return engine.rowsPerSecond() / Math.max(bare, bareTwice);
    }
  }

  @Override
  public Integer call() throws IOException, OrtException {
    try (Scratch scratch = Scratch.create();
        GpuWatch gpu = GpuWatch.start()) {
      boolean first = true;
      for (GpuModel model : models(scratch.folder())) {
        for (int rows : sizes) {
          model.configure(provider, rows);
          try (EngineLoad engine = EngineLoad.start(model, rows)) {
            if (first) {
              spec.commandLine().getOut().println(machine(gpu));
              first = false;
            }
            add(model, rows, rounds(model, rows, engine, gpu));
          }
        }
      }
    }
    table.print(spec.commandLine().getOut());
    spec.commandLine()
        .getOut()
        .println("The engine alone: one thread asks, without event loops, HTTP or gRPC before it.");
    if (out != null) {
      table.write(out);
    }
    return 0;
  }

  private String machine(GpuWatch gpu) {
    return provider.equals("cpu") ? "on the CPU: not what is asked for" : "on " + gpu.name();
  }

  private List<GpuModel> models(Path scratch) throws IOException {
    List<GpuModel> models = new ArrayList<>();
    if (!files.isEmpty()) {
      for (Path file : files) {
        requireFile(file);
        models.add(GpuModel.of(scratch, "model-" + models.size(), file));
      }
      return models;
    }
    Path generated = scratch.resolve("generated");
    ServeModels.write(generated);
    models.add(GpuModel.of(scratch, "medium", generated.resolve("medium/1/model.onnx")));
    Path shipped = Path.of(System.getProperty("brink.home", "."), "models", "cloud");
    for (String name : List.of("surface", "intent")) {
      Path file = shipped.resolve(name).resolve("1/model.onnx");
      if (Files.isRegularFile(file)) {
        models.add(GpuModel.of(scratch, name, file));
      }
    }
    return models;
  }

  private static void requireFile(Path file) {
    if (!Files.isRegularFile(file)) {
      throw CommandFailure.usage("--model: no such file " + file);
    }
  }

  private List<Round> rounds(GpuModel model, int rows, EngineLoad engine, GpuWatch gpu)
      throws OrtException {
    List<Tensor> inputs = MadeUpRows.of(engine.description(), rows);
    String device = engine.device();
    List<Round> rounds = new ArrayList<>();
    try (BareSession bare = new BareSession(model.file(), provider)) {
      bare.runsPerSecond(inputs, 2, WARM_UP_SECONDS);
      engine.measure(WARM_UP_SECONDS);
      double window = seconds / ROUNDS;
      for (int i = 0; i < ROUNDS; i++) {
        double one = rows * bare.runsPerSecond(inputs, 1, window);
        gpu.forget();
        double two = rows * bare.runsPerSecond(inputs, 2, window);
        OptionalDouble bareBusy = gpu.busy();
        gpu.forget();
        EngineRate rate = engine.measure(window);
        rounds.add(new Round(one, two, rate, bareBusy, gpu.busy()));
        requireSame(device, engine.device());
      }
    }
    return rounds;
  }

  /** An instance that fails goes on elsewhere, and what it does there is another figure. */
  static void requireSame(String before, String now) {
    if (!now.equals(before)) {
      throw CommandFailure.failed(
          "the engine ran on %s and then on %s: nothing to compare".formatted(before, now));
    }
  }

  private void add(GpuModel model, int rows, List<Round> rounds) {
    table.add(
        model.name(),
        "" + rows,
        whole(median(rounds, Round::bare)),
        whole(median(rounds, Round::bareTwice)),
        whole(median(rounds, round -> round.engine().rowsPerSecond())),
        two(median(rounds, Round::ratio)),
        two(median(rounds, round -> round.engine().rowsInARun())),
        share(rounds.stream().map(Round::bareBusy).toList()),
        share(rounds.stream().map(Round::busy).toList()));
  }

  private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
    double[] sorted = rounds.stream().mapToDouble(figure).sorted().toArray();
    return sorted[sorted.length / 2];
  }

  private static String share(List<OptionalDouble> shares) {
    double[] known = shares.stream().flatMapToDouble(OptionalDouble::stream).sorted().toArray();
    return known.length == 0 ? "-" : whole(Arrays.stream(known).average().orElseThrow()) + " %";
  }

  private static String whole(double value) {
    return String.format(Locale.ROOT, "%.0f", value);
  }

  private static String two(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }
}
