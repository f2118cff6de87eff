package dev.brink.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.brink.config.ClientCertificates;
import dev.brink.config.TlsSection;
import dev.brink.inference.LoadReport;
import dev.brink.resilience.Ticker;
import dev.brink.security.DevelopmentPki;
import dev.brink.security.Tls;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecuredBusTest {

  private final Vertx vertx = Vertx.vertx();
  private final LoopbackCluster cluster = new LoopbackCluster();
  @TempDir private Path folder;

  @AfterEach
  void stop() {
    cluster.close();
    Conditions.await(vertx.close());
  }

  @Test
  void nodesOfOneAuthorityHearEachOtherAndAStrangerHearsNobody() throws IOException {
    // Given a cloud node and an edge of one authority
    DevelopmentPki pki = new DevelopmentPki("authority");
    Path trust = pki.writeAuthority(folder.resolve("ca.pem"));
    cluster.secured(tls(pki, trust, "cloud")).cloud("cloud", new Answering());
    Heard friend = new Heard();
    cluster
        .secured(tls(pki, trust, "edge"))
        .edge("edge", new Peers("edge", Ticker.system(), friend));
    Conditions.awaitUntil(vertx, () -> friend.answers.contains("cloud"));

    // When a stranger joins, which membership does not prevent
    Path other = Files.createDirectory(folder.resolve("other"));
    DevelopmentPki strange = new DevelopmentPki("strange");
    Path strangeTrust = strange.writeAuthority(other.resolve("ca.pem"));
    Heard stranger = new Heard();
    cluster
        .secured(tls(strange, strangeTrust, "stranger"))
        .edge("stranger", new Peers("stranger", Ticker.system(), stranger));

    // Then the bus does not let it in
    Conditions.awaitUntil(vertx, () -> stranger.silences.contains("cloud"));
    assertThat(stranger.answers).isEmpty();
  }

  private Tls tls(DevelopmentPki pki, Path trust, String node) throws IOException {
    DevelopmentPki.Identity identity = pki.writeNode(folder, node, List.of("127.0.0.1"));
    return Tls.of(
        new TlsSection(
            Optional.of(identity.certificate()),
            Optional.of(identity.key()),
            Optional.of(trust),
            ClientCertificates.REQUIRED,
            true,
            Duration.ofSeconds(10)));
  }

  /** A cloud node that answers pings. */
  private static final class Answering implements ClusterListener {

    @Override
    public void joined(ClusterSession session) {
      NodeStatus status = new NodeStatus(true, Set.of(), new LoadReport(0, 0, 0, 0, 1, 1));
      session
          .vertx()
          .eventBus()
          .consumer(BusProtocol.pingAddress("cloud"), (Message<String> ping) -> ping.reply(status));
    }

    @Override
    public void left(ClusterSession session) {}
  }

  private static final class Heard implements PeerListener {

    private final List<String> answers = new CopyOnWriteArrayList<>();
    private final List<String> silences = new CopyOnWriteArrayList<>();

    @Override
    public void answered(Peer peer) {
      answers.add(peer.node());
    }

    @Override
    public void silent(String node) {
      silences.add(node);
    }

    @Override
    public void left(String node) {}

    @Override
    public void reported(String node, LoadReport load) {}
  }
}
