package dev.brink.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.brink.cluster.Conditions;
import dev.brink.config.ClientCertificates;
import dev.brink.config.ConfigBinder;
import dev.brink.config.TenantsSection;
import dev.brink.config.TlsSection;
import dev.brink.inference.InferenceException;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Callers with certificates of one authority, or none, ask a server for whom it takes them. */
class TenantsTest {

  private static final Optional<String> NO_HEADER = Optional.empty();

  private final Vertx vertx = Vertx.vertx();
  @TempDir private Path folder;

  /** A client that nobody holds is closed by the garbage collector. */
  private final List<HttpClient> clients = new ArrayList<>();

  private DevelopmentPki pki;
  private Path trust;

  @BeforeEach
  void makeAnAuthority() throws IOException {
    pki = new DevelopmentPki("authority of the test");
    trust = pki.writeAuthority(folder.resolve("ca.pem"));
  }

  @AfterEach
  void stop() {
    Conditions.await(vertx.close());
  }

  @Test
  void withoutTenantsWhatACallerSaysIsNotHeard() throws IOException {
    int port = secured("from: none");

    assertThat(ask(port, "night-shift", Optional.of("acme"))).isEmpty();
  }

  @Test
  void aCallerIsTheTenantItsCertificateNames() throws IOException {
    int port = secured("from: certificate");

    assertThat(ask(port, "night-shift", NO_HEADER)).isEqualTo("night-shift");
    assertThat(ask(port, "night-shift", Optional.of("night-shift"))).isEqualTo("night-shift");
    assertThat(ask(port, "", NO_HEADER)).as("no certificate").isEmpty();
  }

  @Test
  void noCallerSpeaksForAnotherTenantUnlessItIsTrusted() throws IOException {
    int port = secured("{from: certificate, trusted: [edge-1]}");

    assertThat(ask(port, "night-shift", Optional.of("acme"))).startsWith("Forbidden");
    assertThat(ask(port, "", Optional.of("acme"))).startsWith("Forbidden");
    assertThat(ask(port, "edge-1", Optional.of("acme"))).isEqualTo("acme");
    assertThat(ask(port, "edge-1", NO_HEADER)).as("of no tenant").isEmpty();
  }

  @Test
  void aHeaderIsBelievedOfThoseWhoAreTrusted() throws IOException {
    int port = secured("{from: header, header: x-site, trusted: [proxy]}");

    assertThat(ask(port, "proxy", Optional.of("acme"))).isEqualTo("acme");
    assertThat(ask(port, "night-shift", Optional.of("acme"))).startsWith("Forbidden");
    assertThat(ask(port, "night-shift", NO_HEADER)).isEmpty();
  }

  @Test
  void aNameThatIsNoneIsRefused() throws IOException {
    int port = secured("{from: header, header: x-site}");

    for (String name : List.of("", "a/b", "a b", "-a", "x".repeat(129))) {
      assertThat(ask(port, "proxy", Optional.of(name)))
          .startsWith("InvalidRequest")
          .contains("header 'x-site'");
    }
    assertThat(ask(port, "proxy", Optional.of("a.b_c@d:e-1"))).isEqualTo("a.b_c@d:e-1");
    assertThat(ask(secured("from: certificate"), "night shift", NO_HEADER)).startsWith("Forbidden");
  }

  @Test
  void aTenantThatIsNamedTwiceIsNotBelieved() throws IOException {
    List<String> twice = List.of("acme", "night-shift");

    assertThat(ask(secured("from: header"), "proxy", twice))
        .isEqualTo("InvalidRequest: header 'brink-tenant' comes twice");
    assertThat(ask(secured("from: certificate"), "acme", twice))
        .isEqualTo("InvalidRequest: header 'brink-tenant' comes twice");
  }

  @Test
  void callersWhoShowNoCertificatesCannotBeKnownByThem() {
    assertThatThrownBy(() -> section("from: certificate").checkAgainst(TlsSection.none()))
        .hasMessageContaining("tls.client-certificates");
    assertThatThrownBy(
            () -> section("{from: header, trusted: [a]}").checkAgainst(TlsSection.none()))
        .hasMessageContaining("tls.client-certificates");
    section("from: header").checkAgainst(TlsSection.none());
  }

  private int secured(String tenants) throws IOException {
    Tenants rule = new Tenants(section(tenants));
    HttpServerOptions options =
        tls("server", ClientCertificates.REQUESTED).apply(new HttpServerOptions());
    HttpServer server =
        Conditions.await(
            vertx
                .createHttpServer(options)
                .requestHandler(request -> request.response().end(answer(rule, request)))
                .listen(0, "localhost"));
    return server.actualPort();
  }

  private static String answer(Tenants rule, HttpServerRequest request) {
    try {
      return rule.of(request);
    } catch (InferenceException refused) {
      return refused.error().getClass().getSimpleName() + ": " + refused.error().message();
    }
  }

  /**
   * @param caller the name in the certificate; empty for none
   */
  private String ask(int port, String caller, Optional<String> header) throws IOException {
    return ask(port, caller, header.stream().toList());
  }

  private String ask(int port, String caller, List<String> names) throws IOException {
    HttpClientOptions options =
        caller.isEmpty()
            ? Tls.of(section(Optional.empty(), Optional.empty(), ClientCertificates.NONE))
                .apply(new HttpClientOptions())
            : tls(caller, ClientCertificates.NONE).apply(new HttpClientOptions());
    HttpClient client = vertx.createHttpClient(options);
    clients.add(client);
    return Conditions.await(
        client
            .request(HttpMethod.GET, port, "localhost", "/")
            .compose(
                request -> {
                  for (String name : names) {
                    request.headers().add("brink-tenant", name).add("x-site", name);
                  }
                  return request.send();
                })
            .compose(response -> response.body())
            .map(Object::toString));
  }

  private Tls tls(String name, ClientCertificates callers) throws IOException {
    DevelopmentPki.Identity identity = pki.writeNode(folder, name, List.of("localhost"));
    return Tls.of(
        section(Optional.of(identity.certificate()), Optional.of(identity.key()), callers));
  }

  private TlsSection section(
      Optional<Path> certificate, Optional<Path> key, ClientCertificates callers) {
    return new TlsSection(
        certificate, key, Optional.of(trust), callers, true, Duration.ofSeconds(10));
  }

  private static TenantsSection section(String yaml) {
    return ConfigBinder.bind(
        TenantsSection.class, yaml.startsWith("{") ? yaml : "{" + yaml + "}", Path.of("."));
  }
}
