package dev.brink.cluster;

import dev.brink.security.Tls;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Nodes of one cluster in this process, on loopback, on any free ports. */
public final class LoopbackCluster implements AutoCloseable {

  private final String name = "test-" + UUID.randomUUID();
  private final List<ClusterLink> links = new ArrayList<>();
  private final List<String> members = new ArrayList<>();
  private Tls tls = Tls.none();

  /** The nodes that are started from now on have {@code other}. */
  public LoopbackCluster secured(Tls other) {
    tls = other;
    return this;
  }

  /** Starts a cloud node and waits until it has joined. */
  public ClusterLink cloud(String nodeId, ClusterListener... listeners) {
    JoinedOnce joined = new JoinedOnce();
    ClusterLink link = start(settings(nodeId, ClusterRole.CLOUD), joined, listeners);
    members.add("127.0.0.1:" + Conditions.await(joined.session()).port());
    return link;
  }

  /** Starts an edge node and waits until it has joined. */
  public ClusterLink edge(String nodeId, ClusterListener... listeners) {
    JoinedOnce joined = new JoinedOnce();
    ClusterLink link = start(settings(nodeId, ClusterRole.EDGE), joined, listeners);
    Conditions.await(joined.session());
    return link;
  }

  public ClusterSettings settings(String nodeId, ClusterRole role) {
    return new ClusterSettings(nodeId, role, name, "127.0.0.1", 0, 0, members, tls);
  }

  private ClusterLink start(
      ClusterSettings settings, JoinedOnce joined, ClusterListener... listeners) {
    List<ClusterListener> all = new ArrayList<>(Arrays.asList(listeners));
    all.add(joined);
    ClusterLink link = new ClusterLink(settings, all);
    links.add(link);
    link.start();
    return link;
  }

  /** The edges go first, as a data member waits for nobody. */
  @Override
  public void close() {
    for (int i = links.size() - 1; i >= 0; i--) {
      Conditions.await(links.get(i).close());
    }
  }

  /** Completes with the first session. */
  static final class JoinedOnce implements ClusterListener {

    private final Promise<ClusterSession> session = Promise.promise();

    Future<ClusterSession> session() {
      return session.future();
    }

    @Override
    public void joined(ClusterSession joined) {
      session.tryComplete(joined);
    }

    @Override
    public void left(ClusterSession left) {}
  }
}
