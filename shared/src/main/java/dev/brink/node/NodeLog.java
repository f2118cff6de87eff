package dev.brink.node;

import dev.brink.config.LogLevel;
import dev.brink.oip.rules.LogSwitch;
import dev.brink.telemetry.Logging;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This process's log, as the protocol's logging extension shows and changes it. */
final class NodeLog implements LogSwitch {

  private static final Logger LOG = LoggerFactory.getLogger(NodeLog.class);

  @Override
  public Threshold threshold() {
    return switch (Logging.level()) {
      case ERROR -> Threshold.ERROR;
      case WARN -> Threshold.WARNING;
      case INFO -> Threshold.INFO;
      case DEBUG -> Threshold.DEBUG;
      case TRACE -> Threshold.TRACE;
    };
  }

  @Override
  public void threshold(Threshold changed) {
    LOG.warn("log level changed by a client level={}", changed);
    Logging.level(
        switch (changed) {
          case ERROR -> LogLevel.ERROR;
          case WARNING -> LogLevel.WARN;
          case INFO -> LogLevel.INFO;
          case DEBUG -> LogLevel.DEBUG;
          case TRACE -> LogLevel.TRACE;
        });
  }
}
