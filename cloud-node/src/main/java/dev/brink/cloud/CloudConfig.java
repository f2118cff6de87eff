package dev.brink.cloud;

import dev.brink.config.ClusterSection;
import dev.brink.config.GrpcSection;
import dev.brink.config.HttpSection;
import dev.brink.config.LogSection;
import dev.brink.config.ManagementSection;
import dev.brink.config.ModelsSection;
import dev.brink.config.NodeSection;
import dev.brink.config.OutboxSection;
import dev.brink.config.TenantsSection;
import dev.brink.config.TlsSection;
import dev.brink.config.UplinkSection;

/**
 * The configuration of a cloud node. It has no uplink and no outbox: those sections are accepted
 * and checked so that one set of overrides fits both roles, and do nothing.
 */
public record CloudConfig(
    NodeSection node,
    HttpSection http,
    GrpcSection grpc,
    ManagementSection management,
    ModelsSection models,
    ClusterSection cluster,
    UplinkSection uplink,
    OutboxSection outbox,
    TlsSection tls,
    TenantsSection tenants,
    LogSection log) {

  public CloudConfig {
    tenants.checkAgainst(tls);
  }
}
