package dev.brink.cluster;

import dev.brink.config.ClusterSection;
import dev.brink.security.Exposure;
import dev.brink.security.Tls;
import java.util.List;

/**
 * How this node takes part in the cluster.
 *
 * @param nodeId unique in the cluster; part of the node's bus addresses
 * @param name only nodes that give the same name join each other; it is no secret
 * @param host the one address that is bound and told to the others
 * @param port of Hazelcast; 0 for any free one
 * @param busPort of the event bus; 0 for any free one
 * @param members {@code host:port} of the cloud nodes
 * @param tls of the event bus; membership itself cannot be encrypted
 */
public record ClusterSettings(
    String nodeId,
    ClusterRole role,
    String name,
    String host,
    int port,
    int busPort,
    List<String> members,
    Tls tls) {

  public ClusterSettings {
    members = List.copyOf(members);
  }

  /**
   * @throws IllegalArgumentException where the port would be open to the world
   */
  public static ClusterSettings of(
      String nodeId, ClusterRole role, ClusterSection section, Tls tls) {
    Exposure.requirePrivate("cluster.host", section.host(), section.allowPublic());
    return new ClusterSettings(
        nodeId,
        role,
        section.name(),
        section.host(),
        section.port(),
        section.busPort(),
        section.members(),
        tls);
  }
}
