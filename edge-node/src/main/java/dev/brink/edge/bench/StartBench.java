package dev.brink.edge.bench;

import dev.brink.edge.cli.ChildNode;
import dev.brink.edge.cli.CommandFailure;
import dev.brink.edge.cli.NodeClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Time from exec to the first answer of an edge node, how long that answer alone took, and memory
 * after a hundred.
 */
@Command(
    name = "start",
    description = "Start to first answer and resident memory of an edge node.",
    mixinStandardHelpOptions = true)
final class StartBench implements Callable<Integer> {

  private static final String BODY =
      JsonObject.of(
              "inputs",
              JsonArray.of(
                  JsonObject.of(
                      "name",
                      "text",
                      "datatype",
                      "BYTES",
                      "shape",
                      JsonArray.of(1, 1),
                      "data",
                      JsonArray.of("what time is it"))))
          .encode();

  @Option(names = "--rounds", description = "Of each kind; default: ${DEFAULT-VALUE}")
  private int rounds = 5;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private record Start(double seconds, double firstMillis, double mebibytes) {}

  @Override
  public Integer call() {
    List<Start> without = new ArrayList<>();
    List<Start> cold = new ArrayList<>();
    List<Start> with = new ArrayList<>();
    try (Scratch scratch = Scratch.create()) {
      start(scratch.folder(), true, true);
      for (int round = 0; round < rounds; round++) {
        without.add(start(scratch.folder(), false, true));
        cold.add(start(scratch.folder(), true, false));
        with.add(start(scratch.folder(), true, true));
      }
    }
    Table table =
        new Table(
            "edge node",
            "first answer s, median",
            "least",
            "of it from asking ms, median",
            "resident MiB, median");
    row(table, "without archive", without);
    row(table, "with archive, http.warmup=false", cold);
    row(table, "with archive", with);
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
    return 0;
  }

  private static Start start(Path folder, boolean archive, boolean warmup) {
    long begun = System.nanoTime();
    ChildNode node =
        ChildNode.start(
            "edge",
            NodePair.home().resolve("brink"),
            List.of(
                "http.port=0",
                "grpc.port=0",
                "management.port=0",
                "uplink.mode=none",
                "log.level=warn",
                "http.warmup=" + warmup,
                "outbox.path=" + folder.resolve("outbox.db")),
            folder.resolve("start.log"),
            Map.of("BRINK_ARCHIVE", archive ? "on" : "off"));
    try {
      node.awaitReady();
      NodeClient client = new NodeClient(node.http());
      long asked = System.nanoTime();
      ask(client);
      long answered = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        ask(client);
      }
      return new Start(
          (answered - begun) / 1e9, (answered - asked) / 1e6, ResidentMemory.of(node.pid()));
    } finally {
      node.stop();
    }
  }

  private static void ask(NodeClient client) {
    NodeClient.Reply reply = client.post("/v2/models/intent/infer", BODY);
    if (reply.status() != 200) {
      throw CommandFailure.failed(reply.error());
    }
  }

  private static void row(Table table, String what, List<Start> starts) {
    double least = starts.stream().mapToDouble(Start::seconds).min().orElseThrow();
    table.add(
        what,
        String.format(Locale.ROOT, "%.2f", median(starts, Start::seconds)),
        String.format(Locale.ROOT, "%.2f", least),
        String.format(Locale.ROOT, "%.0f", median(starts, Start::firstMillis)),
        String.format(Locale.ROOT, "%.0f", median(starts, Start::mebibytes)));
  }

  private static double median(List<Start> starts, ToDoubleFunction<Start> figure) {
    double[] sorted = starts.stream().mapToDouble(figure).sorted().toArray();
    return sorted[sorted.length / 2];
  }
}
