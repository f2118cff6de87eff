package dev.brink.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.brink.config.LogFormat;
import dev.brink.config.LogLevel;
import dev.brink.config.LogSection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the configured level and format in force. Until then only warnings are written, as text. */
public final class Logging {

  /** Callers' words stand in some values: a line break in them must not make a line of its own. */
  private static final String TEXT =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0} %replace(%msg %kvp){'[\\r\\n]', ' '}%n";

  private Logging() {}

  public static void configure(LogSection config) {
    configure((LoggerContext) LoggerFactory.getILoggerFactory(), config);
  }

  static void configure(LoggerContext context, LogSection config) {
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    root.addAppender(standardError(context, config.format()));
    root.setLevel(Level.toLevel(config.level().name()));
    quiet(context, config.level());
  }

  /** The least severe events that are logged now. */
  public static LogLevel level() {
    Level level = root().getLevel();
    return level == null ? LogLevel.INFO : LogLevel.valueOf(level.levelStr);
  }

  /** Logs from {@code level} on, from now on. */
  public static void level(LogLevel level) {
    root().setLevel(Level.toLevel(level.name()));
    quiet((LoggerContext) LoggerFactory.getILoggerFactory(), level);
  }

  private static ch.qos.logback.classic.Logger root() {
    return ((LoggerContext) LoggerFactory.getILoggerFactory()).getLogger(Logger.ROOT_LOGGER_NAME);
  }

  /** What libraries tell is of interest only to who looks for a fault in them. */
  private static void quiet(LoggerContext context, LogLevel level) {
    boolean hush = level.compareTo(LogLevel.DEBUG) <= 0;
    for (String library : List.of("com.hazelcast", "io.netty", "io.vertx")) {
      context.getLogger(library).setLevel(hush ? Level.WARN : null);
    }
    // Its first loggers, made before any configuration is read, would write through the JDK's own.
    System.setProperty("hazelcast.logging.type", "slf4j");
    // Without a data member every one of the 271 partitions is lost, and each is told. A cloud node
    // says in one line, and counts, when idempotency keys were lost.
    hush(context, "com.hazelcast.internal.partition", Level.ERROR, hush);
    // "Terminating forcefully" is how an edge, which holds no data, leaves.
    hush(context, "com.hazelcast.instance.impl.Node", Level.ERROR, hush);
    // An error with a stack for each membership event that finds no data member to ask; the link
    // to the cluster sees that for itself, says so in one line and joins anew.
    hush(context, "io.vertx.spi.cluster.hazelcast.HazelcastClusterManager", Level.OFF, hush);
    // One warns that a part we do not use is off, one of a gauge that two event loops made at once.
    for (String library : List.of("com.hazelcast.cp", "io.micrometer")) {
      context.getLogger(library).setLevel(hush ? Level.ERROR : null);
    }
  }

  private static void hush(LoggerContext context, String library, Level level, boolean hush) {
    context.getLogger(library).setLevel(hush ? level : null);
  }

  private static ConsoleAppender<ILoggingEvent> standardError(
      LoggerContext context, LogFormat format) {
    ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
    appender.setContext(context);
    appender.setTarget("System.err");
    appender.setEncoder(
        switch (format) {
          case TEXT -> text(context);
          case JSON -> json(context);
        });
    appender.start();
    return appender;
  }

  private static Encoder<ILoggingEvent> text(LoggerContext context) {
    PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    encoder.setContext(context);
    encoder.setPattern(TEXT);
    encoder.start();
    return encoder;
  }

  private static Encoder<ILoggingEvent> json(LoggerContext context) {
    JsonLines encoder = new JsonLines();
    encoder.setContext(context);
    encoder.start();
    return encoder;
  }
}
