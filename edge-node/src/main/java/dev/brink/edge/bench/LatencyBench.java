package dev.brink.edge.bench;

import dev.brink.edge.cli.CommandFailure;
import dev.brink.edge.cli.NodeClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What the gateway and the hop to the cloud add to the bare run of the model, at idle. */
@Command(
    name = "latency",
    description = "What gateway and cloud hop add to the bare run of the model, at idle.",
    mixinStandardHelpOptions = true)
final class LatencyBench implements Callable<Integer> {

  @Option(names = "--requests", description = "Of each kind; default: ${DEFAULT-VALUE}")
  private int requests = 3000;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

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
                      JsonArray.of("set an alarm for seven in the morning please"))),
              "outputs",
              JsonArray.of(JsonObject.of("name", "label")))
          .encode();

  /** Microseconds. */
  private record Sample(double total, double queue, double edge, double uplink, double cloud) {}

  @Override
  public Integer call() {
    Path models = NodePair.home().resolve("models");
    Table table = new Table("what", "p50 us", "p99 us", "p50 / bare run");
    try (Scratch scratch = Scratch.create();
        NodePair nodes =
            NodePair.start(scratch.folder(), models.resolve("edge"), models.resolve("cloud"))) {
      measure(nodes, "edge", Math.max(500, requests / 2));
      measure(nodes, "cloud", Math.max(500, requests / 2));
      List<Sample> edge = new ArrayList<>();
      List<Sample> cloud = new ArrayList<>();
      for (int slice = 0; slice < 10; slice++) {
        edge.addAll(measure(nodes, "edge", requests / 10));
        cloud.addAll(measure(nodes, "cloud", requests / 10));
      }
      double bare = row(table, "edge: bare run of the model", edge, Sample::edge, 0);
      row(table, "edge: queue and hand-over", edge, Sample::queue, bare);
      row(table, "edge: all that the gateway and HTTP add", edge, s -> s.total - s.edge, bare);
      row(table, "edge: as the client sees it", edge, Sample::total, bare);
      row(table, "cloud: queue and run on the cloud node", cloud, Sample::cloud, bare);
      row(table, "cloud: what the hop adds", cloud, Sample::uplink, bare);
      row(table, "cloud: as the client sees it", cloud, Sample::total, bare);
    }
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
    return 0;
  }

  private static List<Sample> measure(NodePair nodes, String route, int count) {
    NodeClient client = nodes.edge();
    String body =
        new JsonObject(BODY).put("parameters", JsonObject.of("brink_route", route)).encode();
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      NodeClient.Reply reply = client.post("/v2/models/intent/infer", body);
      if (reply.status() != 200) {
        throw CommandFailure.failed(reply.error());
      }
      samples.add(sample(reply));
    }
    return samples;
  }

  private static Sample sample(NodeClient.Reply reply) {
    String timing = reply.header("Server-Timing");
    return new Sample(
        reply.took().toNanos() / 1e3,
        duration(timing, "queue"),
        duration(timing, "edge"),
        duration(timing, "uplink"),
        duration(timing, "cloud"));
  }

  /** {@code Server-Timing: queue;dur=0.8, edge;dur=0.6} has milliseconds. */
  private static double duration(String timing, String name) {
    for (String entry : timing.split(",")) {
      String[] parts = entry.strip().split(";dur=");
      if (parts.length == 2 && parts[0].equals(name)) {
        return 1000 * Double.parseDouble(parts[1]);
      }
    }
    return 0;
  }

  private interface Figure {
    double of(Sample sample);
  }

  private static double row(
      Table table, String what, List<Sample> samples, Figure figure, double bare) {
    List<Double> values = new ArrayList<>();
    samples.forEach(sample -> values.add(figure.of(sample)));
    Collections.sort(values);
    double median = values.get(values.size() / 2);
    double high = values.get((int) (values.size() * 0.99));
    table.add(
        what,
        String.format(Locale.ROOT, "%.0f", median),
        String.format(Locale.ROOT, "%.0f", high),
        String.format(Locale.ROOT, "%.2f", median / (bare == 0 ? median : bare)));
    return median;
  }
}
