package dev.brink.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import dev.brink.config.LogFormat;
import dev.brink.config.LogLevel;
import dev.brink.config.LogSection;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoggingTest {

  private final LoggerContext context = new LoggerContext();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "com.hazelcast.internal.partition.impl.MigrationManager",
        "com.hazelcast.instance.impl.Node",
        "com.hazelcast.cp.CPSubsystem",
        "io.vertx.spi.cluster.hazelcast.HazelcastClusterManager"
      })
  void whatALostCloudNodeMakesLibrariesSayIsForWhoLooksForAFault(String library) throws Exception {
    assertThat(Class.forName(library)).isNotNull();

    Logging.configure(context, new LogSection(LogLevel.INFO, LogFormat.TEXT));
    assertThat(context.getLogger(library).isWarnEnabled()).isFalse();

    Logging.configure(context, new LogSection(LogLevel.TRACE, LogFormat.TEXT));
    assertThat(context.getLogger(library).isWarnEnabled()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"com.hazelcast.internal.cluster.impl.ClusterServiceImpl", "io.netty.x"})
  void otherWarningsAreWritten(String library) {
    Logging.configure(context, new LogSection(LogLevel.INFO, LogFormat.TEXT));

    assertThat(context.getLogger(library).getEffectiveLevel()).isEqualTo(Level.WARN);
    assertThat(System.getProperty("hazelcast.logging.type")).isEqualTo("slf4j");
  }
}
