package dev.brink.edge.bench;

import ai.onnxruntime.OrtException;
import dev.brink.edge.cli.CommandFailure;
import dev.brink.edge.cli.NodeClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * What a request costs as connections and loaded models grow in number, beside the bare loop over
 * as many models: what grows there, too, is the memory's.
 */
@Command(
    name = "growth",
    description = "CPU per request by the number of connections and of loaded models.",
    mixinStandardHelpOptions = true)
final class GrowthBench implements Callable<Integer> {

  private static final int[] CONNECTIONS = {1, 8, 64, 512};
  private static final int[] MODELS = {1, 10, 50};
  private static final int MOST_MODELS = 50;
  private static final int USUAL_CONNECTIONS = 8;
  private static final double SETTLING_SECONDS = 3;

  @Option(names = "--rounds", description = "Windows of each; default: ${DEFAULT-VALUE}")
  private int rounds = 3;

  @Option(names = "--seconds", description = "Of a window; default: ${DEFAULT-VALUE}")
  private double seconds = 2;

  @Option(names = "--warm", description = "Seconds of load before; default: ${DEFAULT-VALUE}")
  private double warm = 15;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private final Map<String, List<Double>> cpuMicros = new LinkedHashMap<>();
  private final Map<String, List<Double>> bareMicros = new LinkedHashMap<>();
  private int loaded = MOST_MODELS;

  @Override
  public Integer call() throws IOException, OrtException {
    try (Scratch scratch = Scratch.create()) {
      Path models = scratch.folder().resolve("models");
      for (int i = 0; i < MOST_MODELS; i++) {
        ServeModels.writeTiny(models, name(i));
        ServeModels.alone(models, name(i));
      }
      try (ServeProcess server = ServeProcess.start(scratch.folder(), models);
          Bare bare = Bare.over(models)) {
        measure(server, bare);
      }
    }
    print();
    return 0;
  }

  private static String name(int index) {
    return "m" + index;
  }

  /** The bare loop's own copies of all models. */
  private record Bare(List<RawLoop> loops) implements AutoCloseable {

    static Bare over(Path models) throws OrtException {
      Bare bare = new Bare(new ArrayList<>());
      for (int i = 0; i < MOST_MODELS; i++) {
        Path file = models.resolve(name(i)).resolve("1/model.onnx");
        bare.loops().add(new RawLoop(file, ServeModels.row(512), new long[] {1, 512}));
      }
      return bare;
    }

    @Override
    public void close() throws OrtException {
      for (RawLoop loop : loops) {
        loop.close();
      }
    }
  }

  private void measure(ServeProcess server, Bare bare) throws IOException, OrtException {
    NodeClient control = new NodeClient(server.http());
    window(server, bare, "", USUAL_CONNECTIONS, 1, warm);
    cpuMicros.clear();
    bareMicros.clear();
    for (int round = 0; round < rounds; round++) {
      for (int models : MODELS) {
        load(control, models);
        settle(server);
        window(server, bare, models + " models, one asked", USUAL_CONNECTIONS, 1, seconds);
        window(server, bare, models + " models, all asked", USUAL_CONNECTIONS, models, seconds);
      }
      load(control, 1);
      settle(server);
      for (int connections : CONNECTIONS) {
        window(server, bare, connections + " connections", connections, 1, seconds);
      }
    }
  }

  /** Loading and unloading leave work behind that is not the requests'. */
  private static void settle(ServeProcess server) throws IOException {
    byte[] request = ServeRequest.binary(name(0), ServeModels.row(512), 1, 512);
    try (HttpLoad load = new HttpLoad(server.port(), request, USUAL_CONNECTIONS)) {
      load.closed(0, SETTLING_SECONDS, () -> 0);
    }
  }

  private void load(NodeClient control, int wanted) {
    for (; loaded < wanted; loaded++) {
      command(control, name(loaded), "load");
    }
    for (; loaded > wanted; loaded--) {
      command(control, name(loaded - 1), "unload");
    }
  }

  private static void command(NodeClient control, String model, String action) {
    NodeClient.Reply reply = control.post("/v2/repository/models/" + model + "/" + action, "{}");
    if (reply.status() != 200) {
      throw CommandFailure.failed(model + " " + action + ": " + reply.error());
    }
  }

  private void window(
      ServeProcess server, Bare bare, String what, int connections, int asked, double length)
      throws IOException, OrtException {
    float[] row = ServeModels.row(512);
    List<byte[]> requests =
        IntStream.range(0, Math.max(connections, asked))
            .mapToObj(i -> ServeRequest.binary(name(i % asked), row, 1, 512))
            .toList();
    try (HttpLoad load = new HttpLoad(server.port(), requests)) {
      LoadWindow window = load.closed(0.5, length, server::cpuSeconds);
      if (window.unanswered() > 0) {
        throw CommandFailure.failed(what + ": " + window.unanswered() + " not answered");
      }
      cpuMicros.computeIfAbsent(what, key -> new ArrayList<>()).add(window.spentPerAnswer() * 1e6);
    }
    double alone = RawLoop.cpuMicros(bare.loops().subList(0, asked), Math.min(length, seconds));
    bareMicros.computeIfAbsent(what, key -> new ArrayList<>()).add(alone);
  }

  private void print() {
    Table table =
        new Table(
            "tiny, binary, not batched",
            "CPU us a request",
            "beside the least",
            "bare loop, as many models us",
            "ours without it us",
            "beside the least");
    double least = least(cpuMicros.keySet(), what -> median(cpuMicros.get(what)));
    double leastOfOurs = least(cpuMicros.keySet(), this::ours);
    cpuMicros.forEach(
        (what, values) ->
            table.add(
                what,
                String.format(Locale.ROOT, "%.1f", median(values)),
                String.format(Locale.ROOT, "%.2f", median(values) / least),
                String.format(Locale.ROOT, "%.1f", median(bareMicros.get(what))),
                String.format(Locale.ROOT, "%.1f", ours(what)),
                String.format(Locale.ROOT, "%.2f", ours(what) / leastOfOurs)));
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
  }

  /** Of each window what is not the model's, as far as the bare loop beside it can tell. */
  private double ours(String what) {
    List<Double> all = cpuMicros.get(what);
    List<Double> bare = bareMicros.get(what);
    return median(IntStream.range(0, all.size()).mapToObj(i -> all.get(i) - bare.get(i)).toList());
  }

  private static double least(Set<String> names, ToDoubleFunction<String> figure) {
    return names.stream().mapToDouble(figure).min().orElse(1);
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
