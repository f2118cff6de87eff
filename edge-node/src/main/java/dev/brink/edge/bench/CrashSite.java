package dev.brink.edge.bench;

import dev.brink.edge.cli.ChildNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * An edge and its cloud nodes as processes that are killed and started again, always at the same
 * ports. The cloud holds a small model, so that a start costs little; the edge holds none.
 */
final class CrashSite implements AutoCloseable {

  /**
   * Half the work of a start is compiling, and a node that lives for seconds gains little by it.
   */
  private static final Map<String, String> QUICK =
      Map.of("BRINK_BUILD", "off", "BRINK_JAVA_OPTS", "-XX:TieredStopAtLevel=1");

  private final HttpClient client =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();
  private final Path folder;
  private final int http = NodePair.freePort();
  private final int management = NodePair.freePort();
  private final List<Integer> clusterPorts = new ArrayList<>();
  private final List<Integer> grpcPorts = new ArrayList<>();
  private final List<ChildNode> clouds = new ArrayList<>();
  private final List<CuttingProxy> proxies = new ArrayList<>();
  private ChildNode edge;
  private int starts;

  CrashSite(Path folder, int cloudNodes, boolean cutReplies, SplittableRandom random)
      throws IOException {
    this.folder = folder;
    Files.createDirectories(folder.resolve("edge-models"));
    Files.createDirectories(folder.resolve("cloud-models"));
    Files.createDirectories(logs());
    Files.createSymbolicLink(
        folder.resolve("cloud-models/intent"), NodePair.home().resolve("models/edge/intent"));
    for (int i = 0; i < cloudNodes; i++) {
      clusterPorts.add(NodePair.freePort());
      grpcPorts.add(NodePair.freePort());
      if (cutReplies) {
        proxies.add(new CuttingProxy(grpcPorts.get(i), random.split()));
      }
    }
    for (int i = 0; i < cloudNodes; i++) {
      clouds.add(cloud(i));
    }
    clouds.forEach(ChildNode::awaitReady);
  }

  /** Where every start of a node leaves what it said, each in a file of its own. */
  Path logs() {
    return folder.resolve("logs");
  }

  String url() {
    return "http://127.0.0.1:" + http;
  }

  int cloudNodes() {
    return clouds.size();
  }

  int cuts() {
    return proxies.stream().mapToInt(CuttingProxy::cuts).sum();
  }

  ChildNode edge() {
    return edge;
  }

  ChildNode cloudNode(int index) {
    return clouds.get(index);
  }

  /** Returns at once, long before it is ready. */
  void startEdge() {
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < grpcPorts.size(); i++) {
      targets.add("127.0.0.1:" + (proxies.isEmpty() ? grpcPorts.get(i) : proxies.get(i).port()));
    }
    edge =
        start(
            "edge",
            List.of(
                "http.port=" + http,
                "grpc.port=0",
                "management.port=" + management,
                "log.level=warn",
                "models.path=" + folder.resolve("edge-models"),
                "uplink.mode=grpc",
                "uplink.targets=" + String.join(",", targets),
                "outbox.path=" + folder.resolve("outbox.db"),
                "outbox.drain.start-jitter=0",
                "outbox.drain.min-backoff=50ms",
                "outbox.drain.max-backoff=1s"));
  }

  void killEdge() {
    edge.kill();
  }

  /** Starts it again at once, and does not wait for that. */
  void killCloud(int index) {
    clouds.get(index).kill();
    clouds.set(index, cloud(index));
  }

  private ChildNode cloud(int index) {
    List<String> members = clusterPorts.stream().map(port -> "127.0.0.1:" + port).toList();
    return start(
        "cloud",
        List.of(
            "http.port=0",
            "grpc.port=" + grpcPorts.get(index),
            "management.port=0",
            "log.level=debug",
            "node.id=cloud-" + index,
            "models.path=" + folder.resolve("cloud-models"),
            "cluster.name=crash-" + ProcessHandle.current().pid(),
            "cluster.port=" + clusterPorts.get(index),
            "cluster.members=" + String.join(",", members)));
  }

  private ChildNode start(String role, List<String> settings) {
    Path log = logs().resolve(role + "-" + ++starts + ".log");
    return ChildNode.start(role, NodePair.home().resolve("brink"), settings, log, QUICK);
  }

  /** Whether the edge says that it reaches a cloud node; false where it says nothing. */
  boolean isLinked() {
    return page(management, "/metrics").contains("brink_link_state{state=\"online\"");
  }

  private String page(int port, String path) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .timeout(Duration.ofSeconds(2))
              .build();
      return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    } catch (IOException dead) {
      return "";
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  @Override
  public void close() {
    if (edge != null) {
      edge.kill();
    }
    clouds.forEach(ChildNode::kill);
    proxies.forEach(CuttingProxy::close);
  }
}
