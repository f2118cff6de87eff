package dev.brink.edge.bench;

import dev.brink.edge.cli.ChildNode;
import dev.brink.edge.cli.CommandFailure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** An edge node that is measured: on one core of its own where the machine can do that. */
final class ServeProcess implements AutoCloseable {

  private static final double TICKS_PER_SECOND = 100;

  private final ChildNode node;
  private final boolean pinned;
  private final double startSeconds;

  private ServeProcess(ChildNode node, boolean pinned, double startSeconds) {
    this.node = node;
    this.pinned = pinned;
    this.startSeconds = startSeconds;
  }

  static ServeProcess start(Path folder, Path models) {
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
                "models.path=" + models,
                "outbox.path=" + folder.resolve("outbox.db")),
            folder.resolve("serve.log"),
            Map.of("BRINK_JAVA_OPTS", "-XX:ActiveProcessorCount=1"));
    node.awaitReady();
    double seconds = (System.nanoTime() - begun) / 1e9;
    int cores = Runtime.getRuntime().availableProcessors();
    boolean pinned =
        cores > 1 && pin(node.pid(), "0") && pin(ProcessHandle.current().pid(), "1-" + (cores - 1));
    return new ServeProcess(node, pinned, seconds);
  }

  private static boolean pin(long process, String cores) {
    try {
      Process taskset =
          new ProcessBuilder("taskset", "-acp", cores, Long.toString(process))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return taskset.waitFor(10, TimeUnit.SECONDS) && taskset.exitValue() == 0;
    } catch (IOException missing) {
      return false;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  boolean isPinned() {
    return pinned;
  }

  /** From exec until all models were loaded and the node said so. */
  double startSeconds() {
    return startSeconds;
  }

  int port() {
    return URI.create(node.http()).getPort();
  }

  String http() {
    return node.http();
  }

  /** CPU time it has used, user and system. */
  double cpuSeconds() {
    String stat = read("stat");
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_PER_SECOND;
  }

  double residentMebibytes() {
    return read("status")
        .lines()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
        .findFirst()
        .orElse(Double.NaN);
  }

  private String read(String file) {
    try {
      return Files.readString(Path.of("/proc", Long.toString(node.pid()), file));
    } catch (IOException notLinux) {
      throw CommandFailure.failed("needs /proc of Linux: " + notLinux.getMessage());
    }
  }

  @Override
  public void close() {
    node.stop();
  }
}
