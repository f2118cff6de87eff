package dev.brink.edge.bench;

import dev.brink.edge.cli.ChildNode;
import dev.brink.edge.cli.CommandFailure;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Far more is asked of the cloud than it can do, in large requests, of nodes with small heaps. The
 * cloud node has core 0 to itself; the edge node and the callers have the others. What the cloud
 * can do is measured twice: by itself, and while the callers move as many bytes and the edge does
 * as much work as in the flood, since cores of one machine share caches, memory and clock.
 */
@Command(
    name = "flood",
    description = "Goodput, refusals and memory when far more is offered than the cloud can do.",
    mixinStandardHelpOptions = true)
final class FloodBench implements Callable<Integer> {

  /** Enough that one always waits. */
  private static final int AT_ONCE = 6;

  private static final int TRIES = 600;
  private static final int SECONDS_TO_MEASURE = 20;

  private static final FloodLoad.Question KNOWN = new FloodLoad.Question("known", "known", "auto");
  private static final FloodLoad.Question FAR = new FloodLoad.Question("far", "far", "auto");
  private static final FloodLoad.Question STAYING =
      new FloodLoad.Question("staying", "known", "edge");

  @Option(names = "--mode", description = "cluster or grpc; default: ${DEFAULT-VALUE}")
  private String mode = "cluster";

  @Option(names = "--times", description = "What the cloud can do; default: ${DEFAULT-VALUE}")
  private double times = 10;

  @Option(names = "--seconds", description = "Of overload; default: ${DEFAULT-VALUE}")
  private double seconds = 300;

  @Option(names = "--heap", description = "Of each node; default: ${DEFAULT-VALUE}")
  private String heap = "256m";

  @Option(names = "--out", description = "Writes the table as JSON.")
  private Path out;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    try (Scratch scratch = Scratch.create()) {
      Path folder = scratch.folder();
      FloodModels.write(folder.resolve("edge"), folder.resolve("cloud"));
      int port = NodePair.freePort();
      ChildNode cloud = cloud(folder, port);
      try {
        ChildNode edge = edge(folder, port, cloud);
        try {
          measure(edge, cloud);
        } finally {
          edge.stop();
        }
      } finally {
        cloud.stop();
      }
    }
    return 0;
  }

  private ChildNode cloud(Path folder, int port) {
    ChildNode cloud = start("cloud", folder, "-XX:ActiveProcessorCount=1", "cluster.port=" + port);
    pin(cloud.pid(), "0");
    return cloud;
  }

  private ChildNode edge(Path folder, int port, ChildNode cloud) {
    ChildNode edge =
        start(
            "edge",
            folder,
            "",
            "cluster.port=0",
            "cluster.members=127.0.0.1:" + port,
            "uplink.mode=" + mode,
            "uplink.targets=" + (mode.equals("grpc") ? cloud.grpc() : ""),
            "outbox.path=" + folder.resolve("outbox.db"));
    String others = "1-" + Math.max(1, Runtime.getRuntime().availableProcessors() - 1);
    pin(edge.pid(), others);
    pin(ProcessHandle.current().pid(), others);
    for (int i = 0; i < TRIES && !NodePair.isLinked(edge); i++) {
      LockSupport.parkNanos(100_000_000L);
    }
    return edge;
  }

  private ChildNode start(String role, Path folder, String flags, String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "http.port=0",
                "grpc.port=0",
                "management.port=0",
                "log.level=warn",
                "cluster.name=flood-" + ProcessHandle.current().pid(),
                "models.path=" + folder.resolve(role)));
    Arrays.stream(settings).filter(setting -> !setting.endsWith("=")).forEach(all::add);
    ChildNode node =
        ChildNode.start(
            role,
            NodePair.home().resolve("brink"),
            all,
            folder.resolve(role + ".log"),
            Map.of("BRINK_JAVA_OPTS", "-Xmx" + heap + " " + flags));
    node.awaitReady();
    return node;
  }

  private static void pin(long process, String cores) {
    try {
      new ProcessBuilder("taskset", "-acp", cores, Long.toString(process))
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .waitFor(10, TimeUnit.SECONDS);
    } catch (IOException missing) {
      throw CommandFailure.failed("needs taskset: " + missing.getMessage());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }

  private void measure(ChildNode edge, ChildNode cloud) {
    try (FloodLoad load = new FloodLoad(edge.http());
        MemoryWatch edgeMemory = new MemoryWatch(() -> ResidentMemory.of(edge.pid()));
        MemoryWatch cloudMemory = new MemoryWatch(() -> ResidentMemory.of(cloud.pid()))) {
      load.closed(FAR, AT_ONCE, 15);
      load.take();
      CloudWork alone = new CloudWork(cloud);
      load.closed(FAR, AT_ONCE, SECONDS_TO_MEASURE);
      alone.end(load.take(), SECONDS_TO_MEASURE);
      CloudWork beside = new CloudWork(cloud);
      load.closedBeside(FAR, AT_ONCE, SECONDS_TO_MEASURE, STAYING, (times - 1) * alone.perSecond);
      beside.end(load.take(), SECONDS_TO_MEASURE);
      load.takeSlowestSeconds();
      CloudWork flood = new CloudWork(cloud);
      load.open(times * alone.perSecond, seconds, KNOWN, FAR);
      flood.end(load.take(), seconds);
      print(load, alone, beside, flood, edgeMemory, cloudMemory);
    }
  }

  /** What the cloud did in a while, and what it took for it. */
  private static final class CloudWork {

    private final ProcessHandle cloud;
    private final Duration cpuBefore;
    private Map<String, Long> outcomes;
    private double perSecond;
    private double cpuMillis;

    private CloudWork(ChildNode cloud) {
      this.cloud = ProcessHandle.of(cloud.pid()).orElseThrow();
      this.cpuBefore = cpu();
    }

    private Duration cpu() {
      return cloud.info().totalCpuDuration().orElseThrow();
    }

    private void end(Map<String, Long> seen, double seconds) {
      outcomes = seen;
      perSecond = answeredByCloud(seen) / seconds;
      cpuMillis = cpu().minus(cpuBefore).toMillis() / answeredByCloud(seen);
    }
  }

  private static double answeredByCloud(Map<String, Long> outcomes) {
    return outcomes.entrySet().stream()
        .filter(outcome -> outcome.getKey().endsWith(" " + FloodLoad.FROM_CLOUD))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private void print(
      FloodLoad load,
      CloudWork alone,
      CloudWork beside,
      CloudWork flood,
      MemoryWatch edge,
      MemoryWatch cloud) {
    Table table = new Table("what", "value");
    table.add("uplink", mode);
    table.add("the cloud's most by itself, answers/s", one(alone.perSecond));
    table.add("its most while the edge answers as much traffic", one(beside.perSecond));
    table.add("offered, requests/s", one(times * alone.perSecond));
    table.add("answered by the cloud, /s", one(flood.perSecond));
    table.add("share of its most by itself", percent(flood.perSecond / alone.perSecond));
    table.add(
        "share of its most while the edge answers as much",
        percent(flood.perSecond / beside.perSecond));
    table.add("its CPU for an answer by itself, ms", one(alone.cpuMillis));
    table.add("its CPU for an answer while the edge answers as much, ms", one(beside.cpuMillis));
    table.add("its CPU for an answer in the flood, ms", one(flood.cpuMillis));
    flood.outcomes.forEach((outcome, count) -> table.add(outcome, count.toString()));
    table.add("slowest answer, s", one(load.takeSlowestSeconds()));
    memory(table, "edge", edge);
    memory(table, "cloud", cloud);
    PrintWriter writer = spec.commandLine().getOut();
    table.print(writer);
    if (out != null) {
      table.write(out);
    }
  }

  private static void memory(Table table, String node, MemoryWatch memory) {
    table.add(node + " node, resident MiB, first half", one(memory.most(0, 0.5)));
    table.add(node + " node, resident MiB, second half", one(memory.most(0.5, 1)));
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }

  private static String one(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
