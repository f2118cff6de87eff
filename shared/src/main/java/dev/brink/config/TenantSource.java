package dev.brink.config;

/** What says for which tenant a request comes. */
public enum TenantSource {
  /** Nothing: there are no tenants. */
  NONE,
  /** The certificate that the caller shows. */
  CERTIFICATE,
  /** A header, set by who stands between this node and its callers. */
  HEADER
}
