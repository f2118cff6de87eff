package dev.brink.cluster;

import com.hazelcast.cluster.Member;
import com.hazelcast.cluster.MembershipEvent;
import com.hazelcast.core.HazelcastInstance;
import io.vertx.core.Completable;
import io.vertx.core.spi.cluster.NodeInfo;
import io.vertx.core.spi.cluster.RegistrationInfo;
import io.vertx.core.spi.cluster.RegistrationListener;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Says where a node's addresses lead without asking the cluster. A map spread over the members, as
 * Vert.x would ask, does not answer for seconds after one of them has gone: its partitions are
 * moved first, and messages to every other node wait. What each member says of itself is at hand at
 * all times, and holds for as long as the member lives, whoever believes it gone.
 */
final class MemberDirectory extends HazelcastClusterManager {

  private static final int MOST_REMEMBERED = 4096;

  private final HazelcastInstance hazelcast;
  private final Map<String, String> busIds = remembered();
  private final Map<String, NodeInfo> busPorts = remembered();
  private volatile RegistrationListener listener;

  MemberDirectory(HazelcastInstance hazelcast) {
    super(hazelcast);
    this.hazelcast = hazelcast;
  }

  @Override
  public void registrationListener(RegistrationListener told) {
    listener = told;
    super.registrationListener(told);
  }

  @Override
  public void addRegistration(
      String address, RegistrationInfo registration, Completable<Void> promise) {
    if (BusProtocol.node(address).isEmpty()) {
      super.addRegistration(address, registration, promise);
    } else {
      promise.succeed();
    }
  }

  @Override
  public void removeRegistration(
      String address, RegistrationInfo registration, Completable<Void> promise) {
    if (BusProtocol.node(address).isEmpty()) {
      super.removeRegistration(address, registration, promise);
    } else {
      promise.succeed();
    }
  }

  @Override
  public void getRegistrations(String address, Completable<List<RegistrationInfo>> promise) {
    String node = BusProtocol.node(address);
    if (node.isEmpty()) {
      super.getRegistrations(address, promise);
    } else {
      promise.succeed(registrations(busId(node)));
    }
  }

  private static List<RegistrationInfo> registrations(String busId) {
    return busId == null ? List.of() : List.of(new RegistrationInfo(busId, 0, false));
  }

  /** Of the member that joined last, as one that was restarted may not be missed yet. */
  private String busId(String node) {
    for (Member member : hazelcast.getCluster().getMembers()) {
      if (node.equals(member.getAttribute(HazelcastSettings.NODE_ATTRIBUTE))) {
        busIds.put(node, member.getAttribute(HazelcastSettings.VERTX_NODE_ATTRIBUTE));
      }
    }
    return busIds.get(node);
  }

  /** Where a bus listens does not change while it lives. */
  @Override
  public void getNodeInfo(String busId, Completable<NodeInfo> promise) {
    NodeInfo known = busPorts.get(busId);
    if (known != null) {
      promise.succeed(known);
      return;
    }
    super.getNodeInfo(
        busId,
        (found, failure) -> {
          if (found != null) {
            busPorts.put(busId, found);
          }
          promise.complete(found, failure);
        });
  }

  /** A node that comes back under its name has another bus. */
  @Override
  public synchronized void memberAdded(MembershipEvent event) {
    super.memberAdded(event);
    listener.registrationsLost();
  }

  private static <V> Map<String, V> remembered() {
    return Collections.synchronizedMap(
        new LinkedHashMap<>(16, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
            return size() > MOST_REMEMBERED;
          }
        });
  }
}
