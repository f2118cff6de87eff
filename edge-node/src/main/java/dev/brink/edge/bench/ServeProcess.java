package dev.brink.edge.bench;

import dev.brink.edge.cli.ChildNode;
import dev.brink.edge.cli.NodeClient;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An edge node that is measured: on one core of its own where the machine can do that. */
final class ServeProcess implements Server {

  private final ChildNode node;
  private final boolean pinned;
  private final double startSeconds;

  private ServeProcess(ChildNode node, boolean pinned, double startSeconds) {
    this.node = node;
    this.pinned = pinned;
    this.startSeconds = startSeconds;
  }

  /**
   * @param settings each {@code key=value}, beside what a measurement needs
   */
  static ServeProcess start(Path folder, Path models, String... settings) {
    Path outbox = folder.resolve("outbox-" + System.nanoTime() + ".db");
    List<String> all =
        new ArrayList<>(
            List.of(
                "http.port=0",
                "grpc.port=0",
                "management.port=0",
                "uplink.mode=none",
                "models.path=" + models,
                "outbox.path=" + outbox));
    all.addAll(List.of(settings));
    long begun = System.nanoTime();
    ChildNode node =
        ChildNode.start(
            "edge",
            NodePair.home().resolve("brink"),
            all,
            folder.resolve("serve.log"),
            Map.of("BRINK_JAVA_OPTS", "-XX:ActiveProcessorCount=1"));
    node.awaitReady();
    double seconds = (System.nanoTime() - begun) / 1e9;
    return new ServeProcess(node, ServerCore.take(node.pid()), seconds);
  }

  boolean isPinned() {
    return pinned;
  }

  /** From exec until all models were loaded and the node said so. */
  double startSeconds() {
    return startSeconds;
  }

  @Override
  public int port() {
    return URI.create(node.http()).getPort();
  }

  String http() {
    return node.http();
  }

  int grpcPort() {
    return Integer.parseInt(node.grpc().substring(node.grpc().indexOf(':') + 1));
  }

  @Override
  public long pid() {
    return node.pid();
  }

  /** Bytes allocated on the heap so far, as of the last collection. */
  double allocatedBytes() {
    return metric("jvm_gc_memory_allocated_bytes_total");
  }

  /** By how much a timer of its event loop was late at worst since this was asked last. */
  double eventLoopLagMillis() {
    return 1000 * metric("brink_event_loop_lag_seconds");
  }

  private double metric(String name) {
    return new NodeClient(node.management())
        .text("/metrics")
        .lines()
        .filter(line -> line.startsWith(name))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElse(Double.NaN);
  }

  @Override
  public void close() {
    node.stop();
  }
}
