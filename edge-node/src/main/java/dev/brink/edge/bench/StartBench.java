package dev.brink.edge.bench;

import dev.brink.edge.cli.ChildNode;
import dev.brink.edge.cli.CommandFailure;
import dev.brink.edge.cli.NodeClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Time from exec to the first answer of an edge node, and its memory after a hundred. */
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

  private record Start(double seconds, double mebibytes) {}

  @Override
  public Integer call() {
    List<Start> without = new ArrayList<>();
    List<Start> with = new ArrayList<>();
    try (Scratch scratch = Scratch.create()) {
      start(scratch.folder(), true);
      for (int round = 0; round < rounds; round++) {
        without.add(start(scratch.folder(), false));
        with.add(start(scratch.folder(), true));
      }
    }
    Table table = new Table("edge node", "first answer s, median", "least", "resident MiB, median");
    row(table, "without archive", without);
    row(table, "with archive", with);
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
    return 0;
  }

  private static Start start(Path folder, boolean archive) {
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
                "outbox.path=" + folder.resolve("outbox.db")),
            folder.resolve("start.log"),
            Map.of("BRINK_ARCHIVE", archive ? "on" : "off"));
    try {
      node.awaitReady();
      NodeClient client = new NodeClient(node.http());
      ask(client);
      double seconds = (System.nanoTime() - begun) / 1e9;
      for (int i = 0; i < 100; i++) {
        ask(client);
      }
      return new Start(seconds, ResidentMemory.of(node.pid()));
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
    List<Double> seconds = new ArrayList<>(starts.stream().map(Start::seconds).toList());
    List<Double> memory = new ArrayList<>(starts.stream().map(Start::mebibytes).toList());
    Collections.sort(seconds);
    Collections.sort(memory);
    table.add(
        what,
        String.format(Locale.ROOT, "%.2f", seconds.get(seconds.size() / 2)),
        String.format(Locale.ROOT, "%.2f", seconds.getFirst()),
        String.format(Locale.ROOT, "%.0f", memory.get(memory.size() / 2)));
  }
}
