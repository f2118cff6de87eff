package dev.brink.security;

import dev.brink.config.TlsSection;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.http.ClientAuth;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TCPSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TLS of a node, the same on all its ports: 1.3 where both can, 1.2 at least. */
public final class Tls {

  private static final Logger log = LoggerFactory.getLogger(Tls.class);
  private static final Set<String> PROTOCOLS = new LinkedHashSet<>(List.of("TLSv1.3", "TLSv1.2"));

  private final TlsSection section;
  private final List<Supplier<Future<Void>>> reloadActions = new CopyOnWriteArrayList<>();
  private PemFiles.Stamp stamp;

  private Tls(TlsSection section) {
    this.section = section;
    this.stamp = PemFiles.stamp(files());
  }

  /**
   * @throws IllegalArgumentException naming the file that is missing, no PEM or expired
   */
  public static Tls of(TlsSection section) {
    Tls tls = new Tls(section);
    tls.check();
    return tls;
  }

  /** No TLS at all. */
  public static Tls none() {
    return new Tls(TlsSection.none());
  }

  /** Whether this node's own ports speak TLS. */
  public boolean isServed() {
    return section.certificate().isPresent();
  }

  /** Whether cloud targets are dialled by TLS. */
  public boolean isDialled() {
    return section.trust().isPresent();
  }

  public HttpServerOptions apply(HttpServerOptions options) {
    if (!isServed()) {
      return options;
    }
    identify(options).setClientAuth(clientAuth()).setUseAlpn(true);
    trust().ifPresent(options::setTrustOptions);
    return options;
  }

  public HttpClientOptions apply(HttpClientOptions options) {
    if (!isDialled()) {
      return options;
    }
    identify(options).setUseAlpn(true).setVerifyHost(section.verifyHost());
    trust().ifPresent(options::setTrustOptions);
    return options;
  }

  /** Both ends of the bus show a certificate; Vert.x does not compare it with the host. */
  public EventBusOptions apply(EventBusOptions options) {
    if (!isServed()) {
      return options;
    }
    identify(options);
    options.setClientAuth(section.trust().isPresent() ? ClientAuth.REQUIRED : ClientAuth.NONE);
    section.trust().ifPresent(file -> trust(options, file));
    return options;
  }

  private static void trust(EventBusOptions options, Path file) {
    PeerTrustProvider.install();
    options.setTrustOptions(new PemTrustOptions().addCertPath(file.toString()));
  }

  private <T extends TCPSSLOptions> T identify(T options) {
    options.setSsl(true).setEnabledSecureTransportProtocols(PROTOCOLS);
    if (isServed()) {
      options.setKeyCertOptions(identity());
    }
    return options;
  }

  private PemKeyCertOptions identity() {
    return new PemKeyCertOptions()
        .setCertPath(section.certificate().orElseThrow().toString())
        .setKeyPath(section.key().orElseThrow().toString());
  }

  private Optional<TrustOptions> trust() {
    return section.trust().map(file -> TrustOptions.wrap(PeerTrust.of(file)));
  }

  private ClientAuth clientAuth() {
    return switch (section.clientCertificates()) {
      case NONE -> ClientAuth.NONE;
      case REQUESTED -> ClientAuth.REQUEST;
      case REQUIRED -> ClientAuth.REQUIRED;
    };
  }

  /** Lets {@code server} use new certificates as soon as they are there. */
  public void keepCurrent(HttpServer server) {
    if (isServed()) {
      onReload(
          () ->
              server
                  .updateSSLOptions(serverOptions(), true)
                  .onFailure(Tls::notReloaded)
                  .mapEmpty());
    }
  }

  /** Runs {@code action} whenever the files have changed and are good. */
  public void onReload(Supplier<Future<Void>> action) {
    reloadActions.add(action);
  }

  /** Begins to look at the files now and then. */
  public void watch(Vertx vertx) {
    if (!files().isEmpty()) {
      vertx.setPeriodic(
          section.reload().toMillis(),
          tick -> vertx.executeBlocking(this::takeChanges, false).compose(this::reload));
    }
  }

  /** Whether something had changed and is used from now on; blocks for reading the files. */
  Future<Boolean> reloadWhenChanged() {
    return reload(takeChanges());
  }

  /** A bad file is told and the old material stays. */
  private synchronized boolean takeChanges() {
    PemFiles.Stamp now = PemFiles.stamp(files());
    if (now.equals(stamp)) {
      return false;
    }
    stamp = now;
    try {
      check();
      return true;
    } catch (IllegalArgumentException bad) {
      notReloaded(bad);
      return false;
    }
  }

  private Future<Boolean> reload(boolean changed) {
    if (!changed) {
      return Future.succeededFuture(false);
    }
    log.atInfo().addKeyValue("files", files()).log("certificates reloaded");
    return Future.join(reloadActions.stream().map(Supplier::get).toList()).map(true);
  }

  private ServerSSLOptions serverOptions() {
    ServerSSLOptions options = new ServerSSLOptions();
    options.setKeyCertOptions(identity()).setEnabledSecureTransportProtocols(PROTOCOLS);
    trust().ifPresent(options::setTrustOptions);
    options.setClientAuth(clientAuth());
    options.setApplicationLayerProtocols(List.of("h2", "http/1.1"));
    return options;
  }

  private void check() {
    section.certificate().ifPresent(file -> PemFiles.requireCertificates("tls.certificate", file));
    section.key().ifPresent(file -> PemFiles.requireKey("tls.key", file));
    section.trust().ifPresent(file -> PemFiles.requireCertificates("tls.trust", file));
  }

  private List<Path> files() {
    return Stream.of(section.certificate(), section.key(), section.trust())
        .flatMap(Optional::stream)
        .toList();
  }

  private static void notReloaded(Throwable failure) {
    log.atError()
        .addKeyValue("error", failure.getMessage())
        .log("certificates not reloaded; the old ones stay in use");
  }
}
