package dev.brink.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class JsonLinesTest {

  @Test
  void anEventIsOneLineWithItsKeysAtTheTop() {
    LoggingEvent event = event("model loaded");
    event.setKeyValuePairs(
        List.of(
            new KeyValuePair("model", "intent"),
            new KeyValuePair("run_micros", 42),
            new KeyValuePair("error", "two\nlines")));

    String line = encode(event);

    assertThat(line).endsWith("}\n").doesNotContain("two\nlines");
    assertThat(new JsonObject(line))
        .isEqualTo(
            JsonObject.of(
                "time", "2026-11-20T12:00:00Z",
                "level", "WARN",
                "logger", "dev.brink.Test",
                "thread", "loop",
                "message", "model loaded",
                "model", "intent",
                "run_micros", 42,
                "error", "two\nlines"));
  }

  @Test
  void whatWasThrownStandsInTheSameLine() {
    LoggingEvent event = event("broken");
    event.setThrowableProxy(
        new ch.qos.logback.classic.spi.ThrowableProxy(new IllegalStateException("on purpose")));

    String line = encode(event);

    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
    assertThat(new JsonObject(line).getString("stack"))
        .contains("IllegalStateException: on purpose")
        .contains("JsonLinesTest");
  }

  private static String encode(LoggingEvent event) {
    return new String(new JsonLines().encode(event), StandardCharsets.UTF_8);
  }

  private static LoggingEvent event(String message) {
    LoggingEvent event = new LoggingEvent();
    event.setLoggerContext(new LoggerContext());
    event.setLoggerName("dev.brink.Test");
    event.setThreadName("loop");
    event.setLevel(Level.WARN);
    event.setMessage(message);
    event.setInstant(Instant.parse("2026-11-20T12:00:00Z"));
    return event;
  }
}
