package dev.brink.config;

import java.util.List;

/**
 * How a node knows for which tenant a request comes. Jobs, remembered answers, idempotency keys,
 * sequences and objectives are kept apart by tenant.
 *
 * @param from {@code none}; {@code certificate}: the common name in the caller's certificate; or
 *     {@code header}, which whoever reaches the port can set
 * @param header that carries the name, over HTTP and gRPC; edge nodes send {@code brink-tenant} to
 *     the cloud
 * @param trusted common names in the certificates of those who may name a tenant by the header,
 *     such as edge nodes; with {@code from: header} and nobody here, every caller may
 */
public record TenantsSection(
    @Default("none") TenantSource from,
    @Default("brink-tenant") String header,
    @Default("") List<String> trusted) {

  public TenantsSection {
    trusted = List.copyOf(trusted);
    if (!header.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}")) {
      throw new IllegalArgumentException("header: " + header + " (expected: a header's name)");
    }
    if (from == TenantSource.NONE && !trusted.isEmpty()) {
      throw new IllegalArgumentException(
          "trusted: " + trusted + " (expected: nobody without from: certificate or header)");
    }
  }

  /** No tenants. */
  public static TenantsSection none() {
    return new TenantsSection(TenantSource.NONE, "brink-tenant", List.of());
  }

  /**
   * @throws IllegalArgumentException where callers would have to show certificates and are not
   *     asked to
   */
  public void checkAgainst(TlsSection tls) {
    boolean wants = from == TenantSource.CERTIFICATE || !trusted.isEmpty();
    if (wants && tls.clientCertificates() == ClientCertificates.NONE) {
      throw new IllegalArgumentException(
          "tenants: callers' certificates are not asked for"
              + " (expected: tls.client-certificates: required or requested)");
    }
  }
}
