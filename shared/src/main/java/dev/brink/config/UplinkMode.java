package dev.brink.config;

/** How an edge node reaches the cloud. */
public enum UplinkMode {
  /** As a member of the cluster, over the event bus. */
  CLUSTER,
  /** By an outbound gRPC connection. */
  GRPC,
  /** Not at all. */
  NONE
}
