package dev.brink.cluster;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.TimeUnit;

/** One attempt to join. Blocks, for a bounded time. */
final class ClusterJoin {

  private static final int PROBE_MILLIS = 1000;
  private static final long BUILD_SECONDS = 15;

  private final ClusterSettings settings;

  ClusterJoin(ClusterSettings settings) {
    this.settings = settings;
  }

  ClusterSession join() throws Exception {
    if (settings.role() == ClusterRole.EDGE) {
      requireReachableMember();
    }
    HazelcastInstance hazelcast = Hazelcast.newHazelcastInstance(HazelcastSettings.of(settings));
    try {
      requireDataMember(hazelcast);
      Vertx vertx = clusteredVertx(hazelcast);
      BusProtocol.registerCodecs(vertx.eventBus());
      return new ClusterSession(settings, hazelcast, vertx);
    } catch (Exception | Error failure) {
      hazelcast.getLifecycleService().terminate();
      throw failure;
    }
  }

  /** Starting Hazelcast costs a second of CPU: an edge without network must not pay it for ever. */
  private void requireReachableMember() throws IOException {
    for (String member : settings.members()) {
      if (accepts(member)) {
        return;
      }
    }
    throw new IOException("none of " + settings.members() + " accepts a connection");
  }

  private static boolean accepts(String member) {
    int colon = member.lastIndexOf(':');
    String host = member.substring(0, colon);
    int port = Integer.parseInt(member.substring(colon + 1));
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(host, port), PROBE_MILLIS);
      return true;
    } catch (IOException unreachable) {
      return false;
    }
  }

  /** A cluster of lite members alone cannot look up an address, and the bus would fail to build. */
  private static void requireDataMember(HazelcastInstance hazelcast) throws IOException {
    if (!ClusterSession.hasDataMember(hazelcast)) {
      throw new IOException("the cluster has no data member");
    }
  }

  private Vertx clusteredVertx(HazelcastInstance hazelcast) throws Exception {
    return Vertx.builder()
        .with(options())
        .withClusterManager(new MemberDirectory(hazelcast))
        .buildClustered()
        .toCompletionStage()
        .toCompletableFuture()
        .get(BUILD_SECONDS, TimeUnit.SECONDS);
  }

  private VertxOptions options() {
    return new VertxOptions()
        .setPreferNativeTransport(true)
        .setEventLoopPoolSize(eventLoops())
        .setWorkerPoolSize(4)
        .setInternalBlockingPoolSize(4)
        .setEventBusOptions(BusOptions.of(settings));
  }

  /**
   * With one, what an edge sends and gets changes threads once each way, and not from loop to loop.
   */
  private int eventLoops() {
    return settings.role() == ClusterRole.EDGE
        ? 1
        : Math.min(4, Runtime.getRuntime().availableProcessors());
  }
}
