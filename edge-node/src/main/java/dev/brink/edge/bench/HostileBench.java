package dev.brink.edge.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** An edge node among clients that mean it no good: what they get, and what others still get. */
@Command(
    name = "hostile",
    description = "Garbage, half bodies, slow ones, packed bombs, beside good requests.",
    mixinStandardHelpOptions = true)
final class HostileBench implements Callable<Integer> {

  private static final int PAUSE_MILLIS = 50;

  @Option(names = "--connections", description = "That send a byte a second; ${DEFAULT-VALUE}")
  private int connections = 2000;

  @Option(names = "--seconds", description = "How long they do it; ${DEFAULT-VALUE}")
  private int seconds = 20;

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private double peak;

  @Override
  public Integer call() throws Exception {
    Table table = new Table("who", "how many", "what came back");
    try (Scratch scratch = Scratch.create();
        ServeProcess node =
            ServeProcess.start(scratch.folder(), NodePair.home().resolve("models/edge"));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      HostileClient client = new HostileClient(node.port());
      List<Double> calm = good(client, node, 2);
      double before = node.residentMebibytes();
      long end = System.nanoTime() + seconds * 1_000_000_000L;
      List<HostileTally> tallies = List.of(client.attack(threads, connections, end));
      List<Double> beside = good(client, node, seconds);
      threads.shutdown();
      threads.awaitTermination(1, java.util.concurrent.TimeUnit.MINUTES);
      tallies.forEach(tally -> table.add(tally.name(), tally.tried(), tally.outcomes()));
      List<Double> after = good(client, node, 2);
      table.add("good, before", count(calm), millis(calm));
      table.add("good, meanwhile", count(beside), millis(beside));
      table.add("good, after", count(after), millis(after));
      table.add(
          "resident MiB",
          "",
          String.format(
              Locale.ROOT,
              "%.0f before, %.0f at most, %.0f after",
              before,
              peak,
              node.residentMebibytes()));
    }
    table.print(spec.commandLine().getOut());
    if (out != null) {
      table.write(out);
    }
    return 0;
  }

  /** Milliseconds of good requests, one behind the other; every one must be answered. */
  private List<Double> good(HostileClient client, ServeProcess node, int seconds)
      throws IOException, InterruptedException {
    List<Double> millis = new ArrayList<>();
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (System.nanoTime() < end) {
      long begun = System.nanoTime();
      client.requireAnswer();
      millis.add((System.nanoTime() - begun) / 1e6);
      peak = Math.max(peak, node.residentMebibytes());
      Thread.sleep(PAUSE_MILLIS);
    }
    Collections.sort(millis);
    return millis;
  }

  private static String count(List<Double> millis) {
    return millis.size() + ", all answered";
  }

  private static String millis(List<Double> millis) {
    return String.format(
        Locale.ROOT,
        "median %.1f ms, p99 %.1f ms, worst %.1f ms",
        millis.get(millis.size() / 2),
        millis.get(millis.size() * 99 / 100),
        millis.getLast());
  }
}
