package dev.brink.telemetry;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.encoder.EncoderBase;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import org.slf4j.event.KeyValuePair;

/**
 * An event as one flat JSON object on one line: {@code time}, {@code level}, {@code logger}, {@code
 * message}, the event's own keys, and {@code stack} where something was thrown.
 */
final class JsonLines extends EncoderBase<ILoggingEvent> {

  private static final byte[] NOTHING = {};

  @Override
  public byte[] encode(ILoggingEvent event) {
    JsonObject line =
        JsonObject.of(
            "time", event.getInstant().toString(),
            "level", event.getLevel().toString(),
            "logger", event.getLoggerName(),
            "thread", event.getThreadName(),
            "message", event.getFormattedMessage());
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        line.put(pair.key, scalar(pair.value));
      }
    }
    if (event.getThrowableProxy() != null) {
      line.put("stack", ThrowableProxyUtil.asString(event.getThrowableProxy()));
    }
    return (line.encode() + '\n').getBytes(StandardCharsets.UTF_8);
  }

  private static Object scalar(Object value) {
    return value instanceof Number || value instanceof Boolean ? value : String.valueOf(value);
  }

  @Override
  public byte[] headerBytes() {
    return NOTHING;
  }

  @Override
  public byte[] footerBytes() {
    return NOTHING;
  }
}
