package dev.brink.edge;

import dev.brink.config.ClusterSection;
import dev.brink.config.GrpcSection;
import dev.brink.config.HttpSection;
import dev.brink.config.LogSection;
import dev.brink.config.ManagementSection;
import dev.brink.config.ModelsSection;
import dev.brink.config.NodeSection;
import dev.brink.config.TenantsSection;
import dev.brink.config.TlsSection;
import dev.brink.config.UplinkSection;
import dev.brink.edge.outbox.OutboxSettings;

/** The configuration of an edge node. */
public record EdgeConfig(
    NodeSection node,
    HttpSection http,
    GrpcSection grpc,
    ManagementSection management,
    ModelsSection models,
    ClusterSection cluster,
    UplinkSection uplink,
    OutboxSettings outbox,
    RoutingSettings routing,
    TlsSection tls,
    TenantsSection tenants,
    LogSection log) {

  public EdgeConfig {
    tenants.checkAgainst(tls);
  }
}
