package dev.brink.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.brink.inference.LoadReport;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import io.vertx.core.spi.cluster.RegistrationInfo;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What an edge makes of two cloud nodes of which one is put out of the cluster. */
class PeersTest {

  private static final NodeStatus STATUS =
      new NodeStatus(true, Set.of(), new LoadReport(0, 0, 0, 0, 1, 1));

  private static final Vertx vertx = Vertx.vertx();

  @AfterAll
  static void stop() {
    Conditions.await(vertx.close());
  }

  @Test
  void aNodeThatIsPutOutOfTheClusterAndAnswersStaysAndOneThatDoesNotGoes() {
    try (LoopbackCluster cluster = new LoopbackCluster()) {
      // Given an edge that hears two cloud nodes
      cluster.cloud("cloud-1", new AnswersPings());
      AnswersPings second = new AnswersPings();
      cluster.cloud("cloud-2", second);
      Heard heard = new Heard();
      ClusterLink edge = cluster.edge("edge-1", new Peers("edge-1", Ticker.system(), heard));
      Conditions.awaitUntil(
          vertx, () -> heard.after("").containsAll(answers("cloud-1", "cloud-2")));

      // When the cluster loses one whose bus goes on
      ClusterSession session = edge.session().orElseThrow();
      hazelcastOf("cloud-2", cluster).getLifecycleService().terminate();
      Conditions.awaitUntil(vertx, () -> session.cloudNodes().equals(Set.of("cloud-1")));

      // Then it is doubted, and asked again as soon as it has answered
      Conditions.awaitUntil(
          vertx, () -> heard.after("silent cloud-2").contains("answered cloud-2"));
      assertThat(heard.events).doesNotContain("left cloud-2");

      // And it is gone when it does not answer either
      Conditions.await(second.session.vertx().close());
      Conditions.awaitUntil(vertx, () -> heard.events.contains("left cloud-2"));
      assertThat(heard.events).doesNotContain("silent cloud-1", "left cloud-1");
    }
  }

  @Test
  void anAddressLeadsToItsNodeByTheMemberListAlone() {
    try (LoopbackCluster cluster = new LoopbackCluster()) {
      // Given a cloud node with addresses
      AnswersPings cloud = new AnswersPings();
      cluster.cloud("cloud.1", cloud);
      HazelcastInstance hazelcast = hazelcastOf("cloud.1", cluster);
      MemberDirectory directory = new MemberDirectory(hazelcast);

      // When
      Promise<List<RegistrationInfo>> found = Promise.promise();
      directory.getRegistrations(BusProtocol.inferAddress("cloud.1"), found);
      Promise<List<RegistrationInfo>> nobody = Promise.promise();
      directory.getRegistrations(BusProtocol.inferAddress("cloud.2"), nobody);

      // Then it is known at once, and no map of the cluster says so
      String busId =
          hazelcast
              .getCluster()
              .getLocalMember()
              .getAttribute(HazelcastSettings.VERTX_NODE_ATTRIBUTE);
      assertThat(found.future().result()).containsExactly(new RegistrationInfo(busId, 0, false));
      assertThat(nobody.future().result()).isEmpty();
      assertThat(hazelcast.getMultiMap("__vertx.subs").size()).isZero();
    }
  }

  private static List<String> answers(String... nodes) {
    return List.of(nodes).stream().map(node -> "answered " + node).toList();
  }

  private static HazelcastInstance hazelcastOf(String node, LoopbackCluster cluster) {
    String name = cluster.settings(node, ClusterRole.CLOUD).name();
    return Hazelcast.getAllHazelcastInstances().stream()
        .filter(instance -> instance.getConfig().getClusterName().equals(name))
        .filter(
            instance ->
                node.equals(
                    instance
                        .getCluster()
                        .getLocalMember()
                        .getAttribute(HazelcastSettings.NODE_ATTRIBUTE)))
        .findFirst()
        .orElseThrow();
  }

  /** A cloud node as far as pings go. */
  private static final class AnswersPings implements ClusterListener {

    private ClusterSession session;

    @Override
    public void joined(ClusterSession joined) {
      session = joined;
      Future<Void> registered =
          joined
              .vertx()
              .eventBus()
              .consumer(
                  BusProtocol.pingAddress(joined.nodeId()),
                  (Message<String> ping) -> ping.reply(STATUS))
              .completion();
      Conditions.await(registered);
    }

    @Override
    public void left(ClusterSession left) {}
  }

  private static final class Heard implements PeerListener {

    private final List<String> events = new CopyOnWriteArrayList<>();

    /** The events after the first {@code event}; all of them after the empty one. */
    private List<String> after(String event) {
      List<String> all = List.copyOf(events);
      int from = event.isEmpty() ? 0 : all.indexOf(event);
      return from < 0 ? List.of() : all.subList(from, all.size());
    }

    @Override
    public void answered(Peer peer) {
      events.add("answered " + peer.node());
    }

    @Override
    public void silent(String node) {
      events.add("silent " + node);
    }

    @Override
    public void left(String node) {
      events.add("left " + node);
    }

    @Override
    public void reported(String node, LoadReport load) {}
  }
}
