package dev.brink.edge.bench;

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
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What a request costs as connections and loaded models grow in number. */
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
  private int loaded = MOST_MODELS;

  @Override
  public Integer call() throws IOException {
    try (Scratch scratch = Scratch.create()) {
      Path models = scratch.folder().resolve("models");
      for (int i = 0; i < MOST_MODELS; i++) {
        ServeModels.writeTiny(models, name(i));
        ServeModels.alone(models, name(i));
      }
      try (ServeProcess server = ServeProcess.start(scratch.folder(), models)) {
        measure(server);
      }
    }
    print();
    return 0;
  }

  private static String name(int index) {
    return "m" + index;
  }

  private void measure(ServeProcess server) throws IOException {
    NodeClient control = new NodeClient(server.http());
    window(server, "", USUAL_CONNECTIONS, 1, warm);
    cpuMicros.clear();
    for (int round = 0; round < rounds; round++) {
      for (int models : MODELS) {
        load(control, models);
        settle(server);
        window(server, models + " models, one asked", USUAL_CONNECTIONS, 1, seconds);
        window(server, models + " models, all asked", USUAL_CONNECTIONS, models, seconds);
      }
      load(control, 1);
      settle(server);
      for (int connections : CONNECTIONS) {
        window(server, connections + " connections", connections, 1, seconds);
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

  private void window(ServeProcess server, String what, int connections, int asked, double length)
      throws IOException {
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
  }

  private void print() {
    Table table = new Table("tiny, binary, not batched", "CPU us a request", "beside the least");
    double least = cpuMicros.values().stream().mapToDouble(GrowthBench::median).min().orElse(1);
    cpuMicros.forEach(
        (what, values) ->
            table.add(
                what,
                String.format(Locale.ROOT, "%.1f", median(values)),
                String.format(Locale.ROOT, "%.2f", median(values) / least)));
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }
}
