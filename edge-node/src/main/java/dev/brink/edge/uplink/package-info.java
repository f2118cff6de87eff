/** Talks to the cloud: over the cluster's event bus or over gRPC. */
package dev.brink.edge.uplink;
