package dev.brink.node;

import dev.brink.config.GrpcSection;
import dev.brink.config.HttpSection;
import dev.brink.config.ManagementSection;

/** Where a node is to be reached. */
public record Doors(HttpSection http, GrpcSection grpc, ManagementSection management) {}
