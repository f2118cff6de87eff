package dev.brink.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import dev.brink.security.Tls;
import java.util.List;
import org.junit.jupiter.api.Test;

class HazelcastSettingsTest {

  private final Config edge = config(ClusterRole.EDGE);

  @Test
  void onlyTheConfiguredMembersAreLookedFor() {
    JoinConfig join = edge.getNetworkConfig().getJoin();

    assertThat(join.getMulticastConfig().isEnabled()).isFalse();
    assertThat(join.getAutoDetectionConfig().isEnabled()).isFalse();
    assertThat(join.getTcpIpConfig().getMembers()).containsExactly("10.0.0.1:5701");
  }

  @Test
  void onePortOnOneInterfaceIsOpened() {
    assertThat(edge.getNetworkConfig().isPortAutoIncrement()).isFalse();
    assertThat(edge.getNetworkConfig().getInterfaces().getInterfaces()).containsExactly("10.0.0.9");
    assertThat(edge.getProperty("hazelcast.socket.bind.any")).isEqualTo("false");
  }

  @Test
  void nothingThatBrinkDoesNotUseIsSwitchedOn() {
    assertThat(edge.getNetworkConfig().getRestApiConfig().isEnabled()).isFalse();
    assertThat(edge.getNetworkConfig().getMemcacheProtocolConfig().isEnabled()).isFalse();
    assertThat(edge.getJetConfig().isEnabled()).isFalse();
    assertThat(edge.getMetricsConfig().isEnabled()).isFalse();
    assertThat(edge.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
    assertThat(edge.getProperty("hazelcast.shutdownhook.enabled")).isEqualTo("false");
  }

  @Test
  void onlyListedClassesAreDeserialised() {
    var filter = edge.getSerializationConfig().getJavaSerializationFilterConfig();

    assertThat(filter.isDefaultsDisabled()).isTrue();
    assertThat(filter.getWhitelist().getPrefixes())
        .containsExactlyInAnyOrder("com.hazelcast.", "io.vertx.", "java.lang.", "java.util.", "[");
  }

  @Test
  void anEdgeIsALiteMemberAndACloudNodeHoldsData() {
    assertThat(edge.isLiteMember()).isTrue();
    assertThat(config(ClusterRole.CLOUD).isLiteMember()).isFalse();
  }

  private static Config config(ClusterRole role) {
    return HazelcastSettings.of(
        new ClusterSettings(
            "node-1", role, "brink", "10.0.0.9", 5701, 5702, List.of("10.0.0.1:5701"), Tls.none()));
  }
}
