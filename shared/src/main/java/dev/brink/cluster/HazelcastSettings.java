package dev.brink.cluster;

import com.hazelcast.config.Config;
import com.hazelcast.config.EvictionPolicy;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.MapConfig;
import com.hazelcast.config.MaxSizePolicy;
import com.hazelcast.config.MultiMapConfig;
import com.hazelcast.config.NetworkConfig;
import java.util.UUID;

/** A Hazelcast configuration that finds nobody by itself, tells nobody and opens one port. */
final class HazelcastSettings {

  static final String NODE_ATTRIBUTE = "brink.node";
  static final String ROLE_ATTRIBUTE = "brink.role";

  /** Where vertx-hazelcast looks for its node id when it is given a running instance. */
  static final String VERTX_NODE_ATTRIBUTE = "__vertx.nodeId";

  private HazelcastSettings() {}

  static Config of(ClusterSettings settings) {
    Config config = new Config();
    config.setClusterName(settings.name());
    config.setLiteMember(settings.role() == ClusterRole.EDGE);
    network(config.getNetworkConfig(), settings);
    attributes(config, settings);
    vertxMaps(config);
    hardening(config);
    timing(config);
    return config;
  }

  private static void network(NetworkConfig network, ClusterSettings settings) {
    network.setPort(settings.port()).setPortAutoIncrement(false).setReuseAddress(true);
    network.getInterfaces().setEnabled(true).addInterface(settings.host());
    JoinConfig join = network.getJoin();
    join.getAutoDetectionConfig().setEnabled(false);
    join.getMulticastConfig().setEnabled(false);
    join.getTcpIpConfig()
        .setEnabled(true)
        .setConnectionTimeoutSeconds(2)
        .setMembers(settings.members());
    network.getRestApiConfig().setEnabled(false);
    network.getMemcacheProtocolConfig().setEnabled(false);
  }

  private static void attributes(Config config, ClusterSettings settings) {
    config
        .getMemberAttributeConfig()
        .setAttribute(VERTX_NODE_ATTRIBUTE, UUID.randomUUID().toString())
        .setAttribute(NODE_ATTRIBUTE, settings.nodeId())
        .setAttribute(ROLE_ATTRIBUTE, settings.role().wireName());
  }

  private static void vertxMaps(Config config) {
    MultiMapConfig subscriptions = new MultiMapConfig("__vertx.subs");
    subscriptions.setBackupCount(1).setValueCollectionType(MultiMapConfig.ValueCollectionType.SET);
    config.addMultiMapConfig(subscriptions);
    config.addMapConfig(new MapConfig("__vertx.haInfo").setBackupCount(1));
    config.addMapConfig(new MapConfig("__vertx.nodeInfo").setBackupCount(1));
    MapConfig ours = new MapConfig("brink.*").setBackupCount(1);
    ours.getEvictionConfig()
        .setEvictionPolicy(EvictionPolicy.LRU)
        .setMaxSizePolicy(MaxSizePolicy.USED_HEAP_PERCENTAGE)
        .setSize(10);
    config.addMapConfig(ours);
  }

  private static void hardening(Config config) {
    config.getJetConfig().setEnabled(false);
    config.getMetricsConfig().setEnabled(false);
    config.getIntegrityCheckerConfig().setEnabled(false);
    config.getSerializationConfig().setJavaSerializationFilterConfig(deserialisationFilter());
    config.setProperty("hazelcast.phone.home.enabled", "false");
    config.setProperty("hazelcast.shutdownhook.enabled", "false");
    config.setProperty("hazelcast.socket.bind.any", "false");
    config.setProperty("hazelcast.jmx", "false");
    config.setProperty("hazelcast.health.monitoring.level", "OFF");
    config.setProperty("hazelcast.logging.type", "slf4j");
    config.setProperty("hazelcast.logging.details.enabled", "false");
  }

  private static JavaSerializationFilterConfig deserialisationFilter() {
    JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
    filter.setDefaultsDisabled(true);
    filter.getWhitelist().addPrefixes("com.hazelcast.", "io.vertx.", "java.lang.", "java.util.");
    filter.getWhitelist().addPrefixes("[");
    return filter;
  }

  /**
   * Six seconds of silence before a member is put out: starved machines were seen to stall for
   * three. Routing does not wait for it: it trusts its own round trips.
   */
  private static void timing(Config config) {
    config.setProperty("hazelcast.heartbeat.interval.seconds", "1");
    config.setProperty("hazelcast.max.no.heartbeat.seconds", "6");
    config.setProperty("hazelcast.merge.first.run.delay.seconds", "5");
    config.setProperty("hazelcast.merge.next.run.delay.seconds", "5");
    config.setProperty("hazelcast.wait.seconds.before.join", "0");
    config.setProperty("hazelcast.max.join.seconds", "20");
    config.setProperty("hazelcast.graceful.shutdown.max.wait", "5");
  }
}
