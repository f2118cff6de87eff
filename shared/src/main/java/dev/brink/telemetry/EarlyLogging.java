package dev.brink.telemetry;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.core.spi.ContextAwareBase;
import dev.brink.config.LogFormat;
import dev.brink.config.LogLevel;
import dev.brink.config.LogSection;

/**
 * In force until a node has read its configuration: warnings, as text. Found by Logback as a
 * service, which saves every start the reading of an XML file; tests have one of their own.
 */
public final class EarlyLogging extends ContextAwareBase implements Configurator {

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (getClass().getResource("/logback-test.xml") != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    Logging.configure(context, new LogSection(LogLevel.WARN, LogFormat.TEXT));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }
}
