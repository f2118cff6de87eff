package dev.brink.oip.http;

import dev.brink.inference.InferenceError;
import dev.brink.oip.json.JsonWriter;

/**
 * Trace and log settings. A gateway is logged and traced by its own configuration: clients may look
 * and are told what is in force in Triton's terms, but change nothing.
 */
final class SettingsApi {

  private SettingsApi() {}

  static void logging(Exchange exchange) {
    Answers.json(
        exchange.response(),
        new JsonWriter(256)
            .beginObject()
            .member("log_file", "")
            .member("log_info", true)
            .member("log_warning", true)
            .member("log_error", true)
            .member("log_verbose_level", 0L)
            .member("log_format", "ISO8601")
            .endObject());
  }

  static void trace(Exchange exchange) {
    JsonWriter json = new JsonWriter(256).beginObject();
    json.name("trace_level").beginArray().string("OFF").endArray();
    Answers.json(
        exchange.response(),
        json.member("trace_rate", "1000")
            .member("trace_count", "-1")
            .member("log_frequency", "0")
            .member("trace_file", "")
            .member("trace_mode", "opentelemetry")
            .endObject());
  }

  static void unchangeable(Exchange exchange) {
    exchange.fail(
        new InferenceError.Unsupported(
            "settings are changed in the node's configuration, not by clients"));
  }
}
