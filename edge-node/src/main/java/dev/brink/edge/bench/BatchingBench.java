package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import dev.brink.edge.cli.CommandFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What sharing runs is worth for a model of the repository when many callers ask at once. */
@Command(
    name = "batching",
    description = "Throughput and latency with batching on beside off, in turns.",
    mixinStandardHelpOptions = true)
final class BatchingBench implements Callable<Integer> {

  private static final String TEXT = "please tell me how much money is left in my account";

  @Option(names = "--clients", description = "At once; default: ${DEFAULT-VALUE}")
  private int clients = 64;

  @Option(names = "--rounds", description = "Windows of each; default: ${DEFAULT-VALUE}")
  private int rounds = 3;

  @Option(names = "--seconds", description = "Of a window; default: ${DEFAULT-VALUE}")
  private double seconds = 3;

  @Option(names = "--warm", description = "Seconds of load before; default: ${DEFAULT-VALUE}")
  private double warm = 10;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private final Table table =
      new Table("intent of the cloud", "1/s", "CPU us a request", "p50 ms", "p99 ms");

  @Override
  public Integer call() throws IOException, OrtException {
    Path file = NodePair.home().resolve("models/cloud/intent/1/model.onnx");
    if (!Files.isRegularFile(file)) {
      throw CommandFailure.failed("no such file " + file);
    }
    try (Scratch scratch = Scratch.create()) {
      Path models = scratch.folder().resolve("models");
      ServeModels.copy(file, models, "shared");
      ServeModels.copy(file, models, "alone");
      ServeModels.alone(models, "alone");
      try (ServeProcess server = ServeProcess.start(scratch.folder(), models)) {
        measure(server);
      }
      bare(file);
    }
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
    return 0;
  }

  private void measure(ServeProcess server) throws IOException {
    List<LoadWindow> on = new ArrayList<>();
    List<LoadWindow> off = new ArrayList<>();
    window(server, "shared", warm);
    window(server, "alone", warm);
    for (int round = 0; round < rounds; round++) {
      on.add(window(server, "shared", seconds));
      off.add(window(server, "alone", seconds));
    }
    add("batching on", on);
    add("batching off", off);
    table.add(
        "on / off",
        ratio(on, off, LoadWindow::perSecond),
        ratio(on, off, BatchingBench::cpuMicros),
        ratio(on, off, window -> window.millis(0.5)),
        ratio(on, off, window -> window.millis(0.99)));
  }

  private LoadWindow window(ServeProcess server, String model, double length) throws IOException {
    byte[] request = ServeRequest.json(model, "text", TEXT);
    try (HttpLoad load = new HttpLoad(server.port(), request, clients)) {
      LoadWindow window = load.closed(0.5, length, server::cpuSeconds);
      if (window.unanswered() > 0) {
        throw CommandFailure.failed(model + ": " + window.unanswered() + " not answered");
      }
      return window;
    }
  }

  /** What ONNX Runtime itself gains: the limit of what can be had. */
  private void bare(Path file) throws OrtException {
    for (int rows : new int[] {1, 8, 32, 64}) {
      String[] texts = Collections.nCopies(rows, TEXT).toArray(String[]::new);
      try (RawLoop loop = new RawLoop(file, texts, new long[] {rows, 1})) {
        loop.cpuMicros(1);
        double micros = loop.cpuMicros(1) / rows;
        table.add(
            "ONNX Runtime alone, %d rows".formatted(rows),
            number(1e6 / micros),
            number(micros),
            "",
            "");
      }
    }
  }

  private void add(String what, List<LoadWindow> windows) {
    table.add(
        what,
        number(median(windows, LoadWindow::perSecond)),
        number(median(windows, BatchingBench::cpuMicros)),
        number(median(windows, window -> window.millis(0.5))),
        number(median(windows, window -> window.millis(0.99))));
  }

  private static String ratio(
      List<LoadWindow> on, List<LoadWindow> off, ToDoubleFunction<LoadWindow> figure) {
    return String.format(Locale.ROOT, "%.2f", median(on, figure) / median(off, figure));
  }

  private static double median(List<LoadWindow> windows, ToDoubleFunction<LoadWindow> figure) {
    List<Double> values = new ArrayList<>();
    windows.forEach(window -> values.add(figure.applyAsDouble(window)));
    Collections.sort(values);
    return values.get(values.size() / 2);
  }

  private static double cpuMicros(LoadWindow window) {
    return window.spentPerAnswer() * 1e6;
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
