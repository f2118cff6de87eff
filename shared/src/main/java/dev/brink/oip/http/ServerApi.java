package dev.brink.oip.http;

import dev.brink.model.ModelCatalog;
import dev.brink.oip.json.JsonWriter;
import dev.brink.oip.rules.Extensions;
import dev.brink.oip.rules.OipSettings;
import java.util.function.BooleanSupplier;

/** The server as such: what it is, whether it lives, whether it is ready. */
final class ServerApi {

  private final OipSettings settings;
  private final BooleanSupplier ready;

  ServerApi(OipSettings settings, ModelCatalog catalog, BooleanSupplier accepting) {
    this.settings = settings;
    this.ready = () -> accepting.getAsBoolean() && catalog.isReady();
  }

  void metadata(Exchange exchange) {
    JsonWriter json =
        new JsonWriter(512)
            .beginObject()
            .member("name", settings.serverName())
            .member("version", settings.serverVersion())
            .name("extensions")
            .beginArray();
    Extensions.names().forEach(json::string);
    Answers.json(exchange.response(), json.endArray().endObject());
  }

  void live(Exchange exchange) {
    Answers.json(
        exchange.response(), new JsonWriter(16).beginObject().member("live", true).endObject());
  }

  void ready(Exchange exchange) {
    boolean isReady = ready.getAsBoolean();
    Answers.json(
        exchange.response(),
        isReady ? 200 : 503,
        new JsonWriter(16).beginObject().member("ready", isReady).endObject());
  }
}
