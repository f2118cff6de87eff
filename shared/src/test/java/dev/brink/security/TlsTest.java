package dev.brink.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brink.cluster.Conditions;
import dev.brink.config.ClientCertificates;
import dev.brink.config.TlsSection;
import dev.brink.security.DevelopmentPki.Identity;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.NetServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {

  private final Vertx vertx = Vertx.vertx();
  @TempDir private Path folder;
  private TlsSection server;
  private TlsSection client;

  @BeforeEach
  void makeAnAuthorityAndTwoNodes() throws IOException {
    DevelopmentPki pki = new DevelopmentPki("authority of the test");
    Path trust = pki.writeAuthority(folder.resolve("ca.pem"));
    server = section(pki.writeNode(folder, "server", List.of("localhost", "127.0.0.1")), trust);
    client = section(pki.writeNode(folder, "client", List.of("edge.test")), trust);
  }

  @AfterEach
  void stop() {
    Conditions.await(vertx.close());
  }

  @Test
  void twoNodesOfOneAuthorityTalkByTheNewestProtocol() {
    int port = listen(Tls.of(server)).actualPort();

    assertThat(Conditions.await(protocol(Tls.of(client), "localhost", port))).isEqualTo("TLSv1.3");
    assertThat(Conditions.await(protocol(Tls.of(client), "127.0.0.1", port))).isEqualTo("TLSv1.3");
  }

  @Test
  void anotherAuthoritysCertificateIsRefusedByBothEnds() throws IOException {
    // Given a stranger with an authority of its own, who trusts only that one
    Path other = Files.createDirectory(folder.resolve("other"));
    DevelopmentPki strange = new DevelopmentPki("strange");
    Path strangeTrust = strange.writeAuthority(other.resolve("ca.pem"));
    Identity stranger = strange.writeNode(other, "stranger", List.of("localhost"));
    int port = listen(Tls.of(server)).actualPort();

    // Then neither does the stranger trust the server, nor the server the stranger
    assertFails(protocol(Tls.of(section(stranger, strangeTrust)), "localhost", port));
    assertFails(
        protocol(Tls.of(section(stranger, server.trust().orElseThrow())), "localhost", port));
  }

  @Test
  void aCallerWithoutACertificateIsRefused() {
    int port = listen(Tls.of(server)).actualPort();
    TlsSection nobody =
        new TlsSection(
            Optional.empty(),
            Optional.empty(),
            client.trust(),
            ClientCertificates.NONE,
            true,
            Duration.ofSeconds(10));

    assertFails(protocol(Tls.of(nobody), "localhost", port));
  }

  @Test
  void aCertificateForAnotherHostIsRefused() throws IOException {
    DevelopmentPki pki = new DevelopmentPki("authority");
    Path trust = pki.writeAuthority(folder.resolve("ca.pem"));
    TlsSection elsewhere =
        section(pki.writeNode(folder, "elsewhere", List.of("other.test")), trust);
    int port = listen(Tls.of(elsewhere)).actualPort();

    assertFails(protocol(Tls.of(elsewhere), "localhost", port));
  }

  @Test
  void aProtocolOlderThan12IsRefused() {
    int port = listen(Tls.of(server)).actualPort();
    HttpClientOptions old =
        Tls.of(client)
            .apply(new HttpClientOptions())
            .setEnabledSecureTransportProtocols(Set.of("TLSv1.1"));

    assertFails(protocol(old, "localhost", port));
  }

  @Test
  void newCertificatesAreUsedWithoutARestart() throws IOException {
    // Given a server whose callers trust another authority
    Tls tls = Tls.of(server);
    HttpServer listening = listen(tls);
    DevelopmentPki next = new DevelopmentPki("next authority");
    Path trust = next.writeAuthority(folder.resolve("next-ca.pem"));
    Tls caller = Tls.of(section(next.writeNode(folder, "caller", List.of("edge.test")), trust));
    assertFails(protocol(caller, "localhost", listening.actualPort()));

    // When its files are replaced by ones of that authority
    next.writeNode(folder, "server", List.of("localhost"));
    next.writeAuthority(server.trust().orElseThrow());
    touch(server.trust().orElseThrow());
    assertThat(Conditions.await(tls.reloadWhenChanged())).isTrue();

    // Then they get through
    assertThat(Conditions.await(protocol(caller, "localhost", listening.actualPort())))
        .isEqualTo("TLSv1.3");
  }

  /** Vert.x makes the bus's servers and clients from its options as JSON. */
  @Test
  void theBusTellsOfRefusalsToo() throws Exception {
    EventBusOptions bus = Tls.of(server).apply(new EventBusOptions());

    NetServerOptions options = new NetServerOptions(bus.toJson());

    assertThat(options.getClientAuth()).isEqualTo(ClientAuth.REQUIRED);
    assertThat(options.getTrustOptions().getTrustManagerFactory(vertx).getTrustManagers())
        .singleElement()
        .isInstanceOf(PeerTrust.class);
  }

  private static void touch(Path file) throws IOException {
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
  }

  @Test
  void aFileThatIsNoCertificateIsNamedAndABrokenReloadIsNotTaken() throws IOException {
    Tls tls = Tls.of(server);
    Path certificate = server.certificate().orElseThrow();
    Files.writeString(certificate, "nonsense of another length");

    assertThat(Conditions.await(tls.reloadWhenChanged())).isFalse();
    assertThatThrownBy(() -> Tls.of(server))
        .hasMessage("tls.certificate: %s (expected: certificates in PEM)".formatted(certificate));
  }

  @Test
  void aMissingFileIsNamed() {
    TlsSection missing =
        new TlsSection(
            Optional.of(folder.resolve("none.pem")),
            server.key(),
            Optional.empty(),
            ClientCertificates.NONE,
            true,
            Duration.ofSeconds(10));

    assertThatThrownBy(() -> Tls.of(missing))
        .hasMessage("tls.certificate: cannot read " + folder.resolve("none.pem"));
  }

  @Test
  void aCertificateWithoutItsKeyIsNoIdentity() {
    assertThatThrownBy(
            () ->
                new TlsSection(
                    server.certificate(),
                    Optional.empty(),
                    Optional.empty(),
                    ClientCertificates.NONE,
                    true,
                    Duration.ofSeconds(10)))
        .hasMessage("key: missing (expected: both or neither)");
  }

  @Test
  void whoAsksForCertificatesNeedsOne() {
    assertThatThrownBy(
            () ->
                new TlsSection(
                    Optional.empty(),
                    Optional.empty(),
                    server.trust(),
                    ClientCertificates.REQUIRED,
                    true,
                    Duration.ofSeconds(10)))
        .hasMessage("certificate: missing (expected: this node's own, with client-certificates)");
  }

  private static TlsSection section(Identity identity, Path trust) {
    return new TlsSection(
        Optional.of(identity.certificate()),
        Optional.of(identity.key()),
        Optional.of(trust),
        ClientCertificates.REQUIRED,
        true,
        Duration.ofSeconds(10));
  }

  private HttpServer listen(Tls tls) {
    HttpServer listening =
        vertx
            .createHttpServer(tls.apply(new HttpServerOptions().setHost("127.0.0.1").setPort(0)))
            .requestHandler(
                request -> request.response().end(request.connection().sslSession().getProtocol()));
    tls.keepCurrent(listening);
    return Conditions.await(listening.listen());
  }

  private Future<String> protocol(Tls tls, String host, int port) {
    return protocol(tls.apply(new HttpClientOptions()), host, port);
  }

  private Future<String> protocol(HttpClientOptions options, String host, int port) {
    HttpClient caller = vertx.createHttpClient(options);
    return caller
        .request(HttpMethod.GET, port, host, "/")
        .compose(request -> request.send())
        .compose(response -> response.body())
        .map(body -> body.toString())
        .eventually(caller::close);
  }

  private static void assertFails(Future<?> answer) {
    assertThat(Conditions.awaitFailure(answer)).isNotNull();
  }
}
