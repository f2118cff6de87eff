package dev.brink.cluster;

import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pings the cloud nodes. Membership names the candidates; only a round trip over the bus proves
 * that one can be reached, and only its absence that one cannot, whatever sockets and membership
 * look like.
 */
public final class Peers implements ClusterListener {

  private static final Logger log = LoggerFactory.getLogger(Peers.class);
  private static final Duration INTERVAL = Duration.ofMillis(250);
  private static final Duration PING_TIMEOUT = Duration.ofMillis(750);
  private static final Duration UNROUTABLE_AFTER = Duration.ofSeconds(4);

  /** One lost ping on a starved machine says nothing. */
  private static final int MISSES_TO_SILENT = 2;

  private final Ticker ticker;
  private final BusClient client;
  private final PeerListener listener;
  private final Map<String, Contact> contacts = new ConcurrentHashMap<>();
  private volatile boolean unroutable;
  private volatile ClusterSession current;

  /** What is known of a member: since when it is silent, and whether it ever was not. */
  private static final class Contact {

    private final long knownSinceNanos;
    private volatile boolean member = true;
    private volatile boolean heard;
    private volatile boolean silent;
    private volatile boolean pinging;
    private volatile int misses;

    private Contact(long nowNanos) {
      this.knownSinceNanos = nowNanos;
    }
  }

  public Peers(String nodeId, Ticker ticker, PeerListener listener) {
    this.ticker = ticker;
    this.listener = listener;
    this.client = new BusClient(nodeId, listener);
  }

  /** Calls the peers. */
  public BusClient client() {
    return client;
  }

  /**
   * Whether there are cloud members of which none ever answered: they look healthy and cannot open
   * a connection back, as behind NAT.
   */
  public boolean isUnroutable() {
    return unroutable;
  }

  @Override
  public void joined(ClusterSession session) {
    client.joined(session);
    current = session;
    session.vertx().setPeriodic(0, INTERVAL.toMillis(), tick -> pingAll(session));
  }

  @Override
  public Future<Void> leaving(ClusterSession session) {
    return client.leaving(session);
  }

  @Override
  public void left(ClusterSession session) {
    current = null;
    client.left(session);
    contacts.keySet().forEach(this::forget);
    unroutable = false;
  }

  /** The last tick may come after the cluster was left. */
  private void pingAll(ClusterSession session) {
    if (session != current) {
      return;
    }
    Set<String> members = session.cloudNodes();
    doubtAllBut(members);
    Set<String> asked = new HashSet<>(members);
    asked.addAll(contacts.keySet());
    asked.forEach(this::ping);
    judgeRoutability();
  }

  /**
   * Who is put out of the cluster is asked no more until it has answered again: members that do not
   * see each other put each other out, while this node may reach them both.
   */
  private void doubtAllBut(Set<String> members) {
    contacts.forEach(
        (node, contact) -> {
          boolean member = members.contains(node);
          if (contact.member && !member) {
            log.atInfo().addKeyValue("node", node).log("cloud node was put out of the cluster");
            listener.silent(node);
          }
          contact.member = member;
        });
  }

  private void forget(String node) {
    contacts.remove(node);
    log.atInfo().addKeyValue("node", node).log("cloud node is gone");
    listener.left(node);
  }

  private void ping(String node) {
    long sent = ticker.nanos();
    Contact contact = contacts.computeIfAbsent(node, name -> new Contact(sent));
    if (contact.pinging) {
      return;
    }
    contact.pinging = true;
    client
        .ping(node, PING_TIMEOUT)
        .onComplete(
            (status, failure) -> {
              contact.pinging = false;
              if (contacts.get(node) == contact) {
                heard(node, contact, status, ticker.nanos() - sent);
              }
            });
  }

  private void heard(String node, Contact contact, NodeStatus status, long roundTripNanos) {
    contact.misses = status == null ? contact.misses + 1 : 0;
    if (contact.misses > 0 && !contact.member) {
      forget(node);
    } else if (contact.misses >= MISSES_TO_SILENT) {
      silent(node, contact);
    } else if (status != null) {
      answered(node, contact, status, roundTripNanos);
    }
  }

  private void silent(String node, Contact contact) {
    if (!contact.silent) {
      contact.silent = true;
      log.atInfo().addKeyValue("node", node).log("cloud node does not answer on the bus");
    }
    listener.silent(node);
  }

  private void answered(String node, Contact contact, NodeStatus status, long roundTripNanos) {
    if (!contact.heard || contact.silent) {
      contact.heard = true;
      contact.silent = false;
      log.atInfo().addKeyValue("node", node).log("cloud node answers on the bus");
    }
    listener.answered(new Peer(node, status, roundTripNanos));
  }

  private void judgeRoutability() {
    long now = ticker.nanos();
    boolean silent =
        !contacts.isEmpty()
            && contacts.values().stream()
                .allMatch(
                    contact ->
                        !contact.heard
                            && now - contact.knownSinceNanos > UNROUTABLE_AFTER.toNanos());
    if (silent && !unroutable) {
      log.atWarn()
          .addKeyValue("nodes", contacts.keySet())
          .log(
              "unroutable: members of the cluster do not answer; the cloud must be able to open a"
                  + " connection to this node's bus, which NAT prevents (use uplink.mode: grpc),"
                  + " and with TLS both must trust the other's certificate (a refusal is a line of"
                  + " its own, here or there)");
    }
    unroutable = silent;
  }
}
