package dev.brink.config;

import java.util.List;

/**
 * The Hazelcast cluster, for sites on a flat private network.
 *
 * @param enabled whether a cloud node can be reached through the cluster; an edge joins it where
 *     {@code uplink.mode} says so
 * @param name of the cluster; nodes of another name are not joined. It is no secret
 * @param host the address to listen on and to be reached at
 * @param port of the membership protocol; 0 for any free one
 * @param busPort of the event bus, which other nodes open a connection to; 0 for any free one
 * @param allowPublic whether {@code host} may be an address of the open internet, where everybody
 *     could join
 * @param members where to look for cloud nodes, each {@code host:port}
 */
public record ClusterSection(
    @Default("true") boolean enabled,
    @Default("brink") String name,
    @Default("127.0.0.1") String host,
    @Default("5701") @Range(min = 0, max = 65535) int port,
    @Default("0") @Range(min = 0, max = 65535) int busPort,
    @Default("false") boolean allowPublic,
    @Default("[]") List<String> members) {

  public ClusterSection {
    members = List.copyOf(members);
    members.forEach(ClusterSection::requireHostAndPort);
  }

  private static void requireHostAndPort(String member) {
    int colon = member.lastIndexOf(':');
    String port = member.substring(colon + 1);
    if (colon < 1 || !port.matches("[0-9]{1,5}") || !isPort(Integer.parseInt(port))) {
      throw new IllegalArgumentException("members: " + member + " (expected: host:port)");
    }
  }

  private static boolean isPort(int number) {
    return number >= 1 && number <= 65_535;
  }
}
