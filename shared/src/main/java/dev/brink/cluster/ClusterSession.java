package dev.brink.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One membership of the cluster, from joining to leaving. */
public final class ClusterSession {

  private static final Logger log = LoggerFactory.getLogger(ClusterSession.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final ClusterSettings settings;
  private final HazelcastInstance hazelcast;
  private final Vertx vertx;

  ClusterSession(ClusterSettings settings, HazelcastInstance hazelcast, Vertx vertx) {
    this.settings = settings;
    this.hazelcast = hazelcast;
    this.vertx = vertx;
  }

  /** The clustered Vert.x, whose event bus reaches the other nodes. */
  public Vertx vertx() {
    return vertx;
  }

  /** This node's id. */
  public String nodeId() {
    return settings.nodeId();
  }

  /** This membership's id; another after each start and each return. */
  public UUID memberId() {
    return hazelcast.getCluster().getLocalMember().getUuid();
  }

  /** Whether {@code id} is of a member now, as far as is known here. */
  public boolean isMember(UUID id) {
    return hazelcast.getCluster().getMembers().stream()
        .anyMatch(member -> member.getUuid().equals(id));
  }

  /**
   * Tells when members died with something that nobody else had a copy of: once for each of the 271
   * parts into which the cluster's data is divided.
   */
  public void onDataLost(Runnable listener) {
    hazelcast
        .getPartitionService()
        .addPartitionLostListener(
            event -> {
              if (event.allReplicasInPartitionLost()) {
                listener.run();
              }
            });
  }

  /** The port Hazelcast listens on. */
  public int port() {
    return hazelcast.getCluster().getLocalMember().getAddress().getPort();
  }

  /**
   * Ids of the other cloud nodes that are members now. Membership is late and can be wrong: it
   * names whom to ask, not who answers.
   */
  public Set<String> cloudNodes() {
    Set<String> nodes = new TreeSet<>();
    for (Member member : hazelcast.getCluster().getMembers()) {
      String node = member.getAttribute(HazelcastSettings.NODE_ATTRIBUTE);
      if (isCloud(member) && node != null && !member.localMember()) {
        nodes.add(node);
      }
    }
    return nodes;
  }

  private static boolean isCloud(Member member) {
    return ClusterRole.CLOUD
        .wireName()
        .equals(member.getAttribute(HazelcastSettings.ROLE_ATTRIBUTE));
  }

  /** Whether the cluster can hold data, without which no address can be looked up. */
  boolean hasDataMember() {
    return hasDataMember(hazelcast);
  }

  static boolean hasDataMember(HazelcastInstance hazelcast) {
    return hazelcast.getLifecycleService().isRunning()
        && hazelcast.getCluster().getMembers().stream().anyMatch(member -> !member.isLiteMember());
  }

  /** Blocks, for a bounded time. */
  void close() {
    try {
      vertx
          .close()
          .toCompletionStage()
          .toCompletableFuture()
          .get(CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (Exception failure) {
      log.atWarn()
          .addKeyValue("error", failure.toString())
          .log("cluster bus did not close cleanly");
    }
    stop(hazelcast, settings.role());
  }

  /** A data member hands its partitions over first; a lite member has none. */
  static void stop(HazelcastInstance hazelcast, ClusterRole role) {
    switch (role) {
      case CLOUD -> hazelcast.getLifecycleService().shutdown();
      case EDGE -> hazelcast.getLifecycleService().terminate();
    }
  }
}
