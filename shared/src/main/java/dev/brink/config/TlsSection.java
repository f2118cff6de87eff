package dev.brink.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * This node's identity and whom it trusts, as PEM files. With a certificate, the HTTP, gRPC and
 * management ports and the event bus speak TLS only; with a trust file, cloud targets are dialled
 * by TLS.
 *
 * @param certificate this node's certificate and those that lead to a trusted one
 * @param key its private key (PKCS#8)
 * @param trust certificates of the authorities whose peers are trusted
 * @param clientCertificates what callers of the HTTP, gRPC and management ports must show
 * @param verifyHost whether a dialled node's certificate must name the host that was dialled
 * @param reload how often the files are looked at; what has changed is used without a restart
 */
public record TlsSection(
    Optional<Path> certificate,
    Optional<Path> key,
    Optional<Path> trust,
    @Default("none") ClientCertificates clientCertificates,
    @Default("true") boolean verifyHost,
    @Default("10s") @Range(min = 1000) Duration reload) {

  public TlsSection {
    if (certificate.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException(
          (key.isPresent() ? "certificate" : "key") + ": missing (expected: both or neither)");
    }
    if (clientCertificates != ClientCertificates.NONE && trust.isEmpty()) {
      throw new IllegalArgumentException(
          "trust: missing (expected: whom to trust, with client-certificates)");
    }
    if (clientCertificates != ClientCertificates.NONE && certificate.isEmpty()) {
      throw new IllegalArgumentException(
          "certificate: missing (expected: this node's own, with client-certificates)");
    }
  }

  /** No TLS at all. */
  public static TlsSection none() {
    return new TlsSection(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        ClientCertificates.NONE,
        true,
        Duration.ofSeconds(10));
  }
}
