package dev.brink.config;

/** Whether callers show a certificate. */
public enum ClientCertificates {
  /** They are not asked for one. */
  NONE,
  /** They are asked; one that is shown must be good. */
  REQUESTED,
  /** Nobody without a good one gets in. */
  REQUIRED
}
