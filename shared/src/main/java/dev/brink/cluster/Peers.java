package dev.brink.cluster;

import dev.brink.inference.LoadReport;
import dev.brink.resilience.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which cloud nodes answer. Membership names the candidates; every one of them is pinged over the
 * bus, and only a round trip makes it a peer. One that stays silent is dropped within a second,
 * whatever its sockets and its membership look like.
 */
public final class Peers implements ClusterListener, LoadListener {

  private static final Logger log = LoggerFactory.getLogger(Peers.class);
  private static final Duration INTERVAL = Duration.ofMillis(250);
  private static final Duration PING_TIMEOUT = Duration.ofMillis(750);
  private static final Duration FRESH = Duration.ofSeconds(1);
  private static final Duration UNROUTABLE_AFTER = Duration.ofSeconds(4);

  private final Ticker ticker;
  private final BusClient client;
  private final Map<String, Peer> peers = new ConcurrentHashMap<>();
  private final Map<String, Long> silentSince = new ConcurrentHashMap<>();
  private final Set<String> pinging = ConcurrentHashMap.newKeySet();
  private volatile boolean unroutable;

  public Peers(String nodeId, Ticker ticker) {
    this.ticker = ticker;
    this.client = new BusClient(nodeId, this);
  }

  /** Calls the peers, and keeps their load reports. */
  public BusClient client() {
    return client;
  }

  /** The peers that answered within the last second. */
  public List<Peer> reachable() {
    long now = ticker.nanos();
    return peers.values().stream().filter(peer -> isFresh(peer, now)).toList();
  }

  public Optional<Peer> find(String node) {
    return Optional.ofNullable(peers.get(node)).filter(peer -> isFresh(peer, ticker.nanos()));
  }

  /**
   * Whether the cluster has cloud members of which none ever answered: they look healthy and cannot
   * open a connection back, as behind NAT.
   */
  public boolean isUnroutable() {
    return unroutable;
  }

  @Override
  public void joined(ClusterSession session) {
    client.joined(session);
    session.vertx().setPeriodic(0, INTERVAL.toMillis(), tick -> pingAll(session.cloudNodes()));
  }

  @Override
  public void left(ClusterSession session) {
    client.left(session);
    peers.clear();
    silentSince.clear();
    pinging.clear();
    unroutable = false;
  }

  @Override
  public void reported(String node, LoadReport load) {
    long now = ticker.nanos();
    peers.computeIfPresent(node, (name, peer) -> peer.withLoad(load, now));
  }

  private void pingAll(Set<String> members) {
    peers.keySet().retainAll(members);
    silentSince.keySet().retainAll(members);
    members.forEach(this::ping);
    judgeRoutability();
  }

  private void ping(String node) {
    long sent = ticker.nanos();
    silentSince.putIfAbsent(node, sent);
    if (pinging.add(node)) {
      client
          .ping(node, PING_TIMEOUT)
          .onSuccess(status -> answered(node, status, sent))
          .onComplete((status, failure) -> pinging.remove(node));
    }
  }

  private void answered(String node, NodeStatus status, long sent) {
    long now = ticker.nanos();
    silentSince.put(node, now);
    Peer peer = new Peer(node, status.accepting(), status.models(), status.load(), now - sent, now);
    if (peers.put(node, peer) == null) {
      log.atInfo().addKeyValue("node", node).log("cloud node answers on the bus");
    }
  }

  private void judgeRoutability() {
    long oldest = ticker.nanos() - UNROUTABLE_AFTER.toNanos();
    boolean silent =
        !silentSince.isEmpty()
            && peers.isEmpty()
            && silentSince.values().stream().allMatch(since -> since - oldest < 0);
    if (silent && !unroutable) {
      log.atWarn()
          .addKeyValue("nodes", silentSince.keySet())
          .log(
              "unroutable: members of the cluster do not answer; the cloud must be able to open a"
                  + " connection to this node's bus, which NAT prevents (use uplink.mode: grpc)");
    }
    unroutable = silent;
  }

  private static boolean isFresh(Peer peer, long now) {
    return now - peer.reportedNanos() <= FRESH.toNanos();
  }
}
