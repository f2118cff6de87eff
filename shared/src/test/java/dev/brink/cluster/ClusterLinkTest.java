package dev.brink.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.brink.cluster.LoopbackCluster.JoinedOnce;
import dev.brink.security.Tls;
import java.io.IOException;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class ClusterLinkTest {

  @Test
  void anEdgeJoinsWhenACloudNodeComesLater() throws IOException {
    // Given an edge whose only member is a port where nobody listens yet
    int port = freePort();
    JoinedOnce joined = new JoinedOnce();
    ClusterSettings settings =
        new ClusterSettings(
            "edge",
            ClusterRole.EDGE,
            "late",
            "127.0.0.1",
            0,
            0,
            List.of("127.0.0.1:" + port),
            Tls.none());
    ClusterLink edge = new ClusterLink(settings, List.of(joined));
    edge.start();
    assertThat(edge.session()).isEmpty();

    // When a cloud node starts there
    ClusterLink cloud =
        new ClusterLink(
            new ClusterSettings(
                "cloud", ClusterRole.CLOUD, "late", "127.0.0.1", port, 0, List.of(), Tls.none()),
            List.of());
    cloud.start();

    // Then the edge joins it
    assertThat(Conditions.await(joined.session()).cloudNodes()).containsExactly("cloud");
    Conditions.await(edge.close());
    Conditions.await(cloud.close());
  }

  @Test
  void aListenerThatFailsCostsASessionAndNotTheLink() {
    // Given a listener that fails once
    AtomicInteger joins = new AtomicInteger();
    AtomicInteger leaves = new AtomicInteger();
    ClusterListener failingOnce =
        new ClusterListener() {
          @Override
          public void joined(ClusterSession session) {
            if (joins.incrementAndGet() == 1) {
              throw new AssertionError("on purpose");
            }
          }

          @Override
          public void left(ClusterSession session) {
            leaves.incrementAndGet();
            throw new IllegalStateException("on purpose");
          }
        };

    // When the link joins
    try (LoopbackCluster cluster = new LoopbackCluster()) {
      cluster.cloud("cloud", failingOnce);

      // Then it has left what it could not use, and joined anew
      assertThat(joins).hasValue(2);
      assertThat(leaves).hasValue(1);
      String name = cluster.settings("cloud", ClusterRole.CLOUD).name();
      assertThat(Hazelcast.getAllHazelcastInstances())
          .filteredOn(instance -> instance.getConfig().getClusterName().equals(name))
          .hasSize(1);
    }
  }

  @Test
  void edgesAloneAreNoClusterAndAnAttemptLeavesNothingBehind() {
    // Given an edge that is up without any cloud node
    HazelcastInstance lonely =
        Hazelcast.newHazelcastInstance(HazelcastSettings.of(edgeOf("edges", List.of())));
    int port = lonely.getCluster().getLocalMember().getAddress().getPort();
    ClusterJoin join = new ClusterJoin(edgeOf("edges", List.of("127.0.0.1:" + port)));

    // When
    ThrowingCallable attempt = join::join;

    // Then
    assertThatThrownBy(attempt).hasMessage("the cluster has no data member");
    assertThat(Hazelcast.getAllHazelcastInstances())
        .filteredOn(instance -> instance.getConfig().getClusterName().equals("edges"))
        .containsExactly(lonely);
    lonely.getLifecycleService().terminate();
  }

  @Test
  void whatDiesWithTheOnlyNodeThatHadItIsToldToTheOthers() {
    CompletableFuture<Void> told = new CompletableFuture<>();
    try (LoopbackCluster cluster = new LoopbackCluster()) {
      // Given a node that holds all data, and an edge
      cluster.cloud("cloud");
      HazelcastInstance holder = named(cluster.settings("any", ClusterRole.CLOUD).name(), false);
      cluster.edge(
          "edge", new JoinedWith(session -> session.onDataLost(() -> told.complete(null))));

      // When
      holder.getLifecycleService().terminate();

      // Then
      assertThat(told).succeedsWithin(Duration.ofSeconds(30));
    }
  }

  private static HazelcastInstance named(String cluster, boolean lite) {
    return Hazelcast.getAllHazelcastInstances().stream()
        .filter(instance -> instance.getConfig().getClusterName().equals(cluster))
        .filter(instance -> instance.getCluster().getLocalMember().isLiteMember() == lite)
        .findFirst()
        .orElseThrow();
  }

  private record JoinedWith(Consumer<ClusterSession> action) implements ClusterListener {

    @Override
    public void joined(ClusterSession session) {
      action.accept(session);
    }

    @Override
    public void left(ClusterSession session) {}
  }

  @Test
  void anEdgeWithoutNetworkDoesNotEvenStartHazelcast() throws IOException {
    ClusterJoin join = new ClusterJoin(edgeOf("alone", List.of("127.0.0.1:" + freePort())));

    assertThatThrownBy(join::join).hasMessageContaining("accepts a connection");
  }

  private static ClusterSettings edgeOf(String cluster, List<String> members) {
    return new ClusterSettings(
        "edge", ClusterRole.EDGE, cluster, "127.0.0.1", 0, 0, members, Tls.none());
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
