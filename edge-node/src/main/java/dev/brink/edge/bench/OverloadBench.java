package dev.brink.edge.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * A node that is asked for several times what it can do: how much of it is still answered in time,
 * and how soon the rest is refused. Node and callers have a core each where the machine has two.
 */
@Command(
    name = "overload",
    description = "Goodput, latencies and memory at several times a node's capacity.",
    mixinStandardHelpOptions = true)
final class OverloadBench implements Callable<Integer> {

  private static final double WARM_SECONDS = 15;
  private static final double CAPACITY_SECONDS = 5;
  private static final double SETTLING_SECONDS = 10;
  private static final int CONNECTIONS = 16;
  private static final int MOST_CONNECTIONS = 1_000;

  @Option(names = "--times", description = "Of the capacity; default: ${DEFAULT-VALUE}")
  private double times = 3;

  @Option(names = "--seconds", description = "Of overload, a model; default: ${DEFAULT-VALUE}")
  private int seconds = 60;

  @Option(
      names = "--model",
      split = ",",
      description = "medium (602 KB a request), tiny (2 KB); default: both")
  private Set<String> wanted = Set.of("medium", "tiny");

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  private final Table table =
      new Table(
          "case",
          "capacity 1/s",
          "offered 1/s",
          "goodput / capacity",
          "answered p99 ms",
          "deadline ms",
          "refused",
          "refused p50 ms",
          "p99 ms",
          "expired",
          "failed",
          "not sent",
          "MiB first third",
          "last third");

  @Override
  public Integer call() throws IOException {
    try (Scratch scratch = Scratch.create()) {
      Path models = scratch.folder().resolve("models");
      ServeModels.write(models);
      try (ServeProcess server = ServeProcess.start(scratch.folder(), models)) {
        float[] picture = ServeModels.row(3 * 224 * 224);
        overload(server, "medium, 602 KB binary", 1_000, "medium", picture, 1, 3, 224, 224);
        overload(server, "tiny, 2 KB binary", 100, "tiny", ServeModels.row(512), 1, 512);
        print(server);
      }
    }
    return 0;
  }

  private void overload(
      ServeProcess server, String name, long deadline, String model, float[] row, long... shape)
      throws IOException {
    if (!wanted.contains(model)) {
      return;
    }
    byte[] request = ServeRequest.binaryWithin(deadline, model, row, shape);
    double capacity = capacity(server, request);
    // Enough that few wait for a connection: those answered last, and those refused.
    int connections = (int) Math.min(MOST_CONNECTIONS, capacity * deadline / 1000 * 2 + 64);
    try (HttpLoad load = new HttpLoad(server.port(), request, connections);
        MemoryWatch memory = new MemoryWatch(server::residentMebibytes)) {
      load.patience(deadline / 10);
      LoadWindow window =
          load.open(times * capacity, SETTLING_SECONDS, seconds, server::cpuSeconds);
      add(name, capacity, deadline, window, memory);
    }
  }

  /** What the node can answer when nobody hurries; known only when the JVM has compiled its way. */
  private static double capacity(ServeProcess server, byte[] request) throws IOException {
    byte[] small = ServeRequest.binary("tiny", ServeModels.row(512), 1, 512);
    try (HttpLoad load = new HttpLoad(server.port(), small, CONNECTIONS)) {
      load.closed(0, WARM_SECONDS, () -> 0);
    }
    try (HttpLoad load = new HttpLoad(server.port(), request, CONNECTIONS)) {
      return load.closed(WARM_SECONDS, CAPACITY_SECONDS, server::cpuSeconds).perSecond();
    }
  }

  private void add(
      String name, double capacity, long deadline, LoadWindow window, MemoryWatch memory) {
    int third = Math.max(1, memory.seconds() / 3);
    double inTime = window.answers().countWithin(deadline) / window.seconds();
    table.add(
        name,
        format("%.0f", capacity),
        format("%.0f", times * capacity),
        format("%.2f", inTime / capacity),
        format("%.1f", window.millis(0.99)),
        Long.toString(deadline),
        Integer.toString(window.refusals().count()),
        format("%.2f", window.refusals().millis(0.5)),
        format("%.2f", window.refusals().millis(0.99)),
        Integer.toString(window.expired()),
        Integer.toString(window.failed()),
        Integer.toString(window.unsent()),
        format("%.0f", memory.mean(0, third)),
        format("%.0f", memory.mean(memory.seconds() - third, memory.seconds())));
  }

  private static String format(String pattern, double value) {
    return String.format(Locale.ROOT, pattern, value);
  }

  private void print(ServeProcess server) {
    var text = spec.commandLine().getOut();
    table.print(text);
    text.println();
    text.printf(
        "Arrivals at random, whether or not earlier ones were answered; times count from when a"
            + " request was due.%nGoodput: answers within the deadline. Not sent: callers who found"
            + " no free connection in a tenth of the deadline; they are not among the refused."
            + " %s%n",
        server.isPinned()
            ? "Node and callers had a core each."
            : "Node and callers shared their cores.");
    text.flush();
    if (out != null) {
      table.write(out);
    }
  }
}
