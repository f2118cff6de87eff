package dev.brink.edge.bench;

import dev.brink.edge.cli.ChildNode;
import dev.brink.edge.cli.CommandFailure;
import dev.brink.edge.cli.NodeClient;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * One cloud and one edge node, as processes on free ports, for as long as something is measured.
 */
final class NodePair implements AutoCloseable {

  private static final int TRIES = 600;
  private static final long BETWEEN_TRIES_NANOS = 100_000_000L;

  private final ChildNode cloud;
  private final ChildNode edge;

  private NodePair(ChildNode cloud, ChildNode edge) {
    this.cloud = cloud;
    this.edge = edge;
  }

  /** Completes when the edge has reached the cloud. */
  static NodePair start(Path folder, Path edgeModels, Path cloudModels) {
    int port = freePort();
    String cluster = "cluster.name=bench-" + ProcessHandle.current().pid();
    ChildNode cloud =
        node("cloud", folder, "models.path=" + cloudModels, cluster, "cluster.port=" + port);
    ChildNode edge =
        node(
            "edge",
            folder,
            "models.path=" + edgeModels,
            cluster,
            "cluster.port=0",
            "cluster.members=127.0.0.1:" + port,
            "outbox.path=" + folder.resolve("outbox.db"));
    NodePair pair = new NodePair(cloud, edge);
    pair.awaitUplink();
    return pair;
  }

  static ChildNode node(String role, Path folder, String... settings) {
    List<String> all =
        new ArrayList<>(
            List.of("http.port=0", "grpc.port=0", "management.port=0", "log.level=warn"));
    all.addAll(List.of(settings));
    ChildNode node =
        ChildNode.start(role, home().resolve("brink"), all, folder.resolve(role + ".log"));
    node.awaitReady();
    return node;
  }

  /** The repository, or wherever the launcher stands. */
  static Path home() {
    String home = System.getProperty("brink.home");
    if (home == null) {
      throw CommandFailure.usage("start it as ./brink bench");
    }
    return Path.of(home);
  }

  NodeClient edge() {
    return new NodeClient(edge.http());
  }

  NodeClient cloud() {
    return new NodeClient(cloud.http());
  }

  private void awaitUplink() {
    for (int i = 0; i < TRIES; i++) {
      if (isLinked(edge)) {
        return;
      }
      LockSupport.parkNanos(BETWEEN_TRIES_NANOS);
    }
    throw CommandFailure.failed("the edge node has not reached the cloud; see " + edge.log());
  }

  /** Whether the edge says that it reaches the cloud. */
  static boolean isLinked(ChildNode edge) {
    JsonObject ready = new NodeClient(edge.management()).get("/health/ready").body();
    return ready
        .getJsonObject("checks", new JsonObject())
        .getJsonObject("uplink", new JsonObject())
        .getBoolean("up", false);
  }

  static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException none) {
      throw new UncheckedIOException(none);
    }
  }

  @Override
  public void close() {
    edge.stop();
    cloud.stop();
  }
}
