package dev.brink.oip.http;

import dev.brink.model.ModelCatalog;
import dev.brink.model.ModelVersionStatus;
import dev.brink.oip.json.JsonWriter;

/** What there is to know of models: list, inputs and outputs, readiness, statistics. */
final class ModelApi {

  private final ModelCatalog catalog;

  ModelApi(ModelCatalog catalog) {
    this.catalog = catalog;
  }

  void list(Exchange exchange) {
    JsonWriter json = new JsonWriter(512).beginObject().name("models").beginArray();
    catalog.index().stream().map(ModelVersionStatus::name).distinct().forEach(json::string);
    Answers.json(exchange.response(), json.endArray().endObject());
  }

  void metadata(Exchange exchange, ModelPath path) {
    Answers.json(
        exchange.response(),
        ModelDocuments.metadata(catalog.describe(path.model(), path.version())));
  }

  void config(Exchange exchange, ModelPath path) {
    Answers.json(
        exchange.response(),
        ModelDocuments.configuration(catalog.describe(path.model(), path.version())));
  }

  void statistics(Exchange exchange) {
    Answers.json(exchange.response(), ModelDocuments.statistics(catalog.statistics("", "")));
  }

  void statistics(Exchange exchange, ModelPath path) {
    catalog.describe(path.model(), path.version());
    Answers.json(
        exchange.response(),
        ModelDocuments.statistics(catalog.statistics(path.model(), path.version())));
  }

  void ready(Exchange exchange, ModelPath path) {
    if (catalog.find(path.model(), path.version()).isEmpty()) {
      Answers.error(exchange.response(), 400, "Model version not ready");
      return;
    }
    Answers.json(
        exchange.response(),
        new JsonWriter(64)
            .beginObject()
            .member("name", path.model())
            .member("ready", true)
            .endObject());
  }
}
