package dev.brink.oip.http;

import dev.brink.inference.TensorSpec;
import dev.brink.model.ModelCatalog;
import dev.brink.model.ModelDescription;
import dev.brink.model.ModelVersionStatus;
import dev.brink.oip.json.JsonWriter;
import java.util.List;

/**
 * What there is to know of models: their list, their inputs and outputs, whether they are ready.
 */
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
    ModelDescription model = catalog.describe(path.model(), path.version());
    JsonWriter json =
        new JsonWriter(512)
            .beginObject()
            .member("name", model.name())
            .name("versions")
            .beginArray();
    model.versions().forEach(json::string);
    json.endArray().member("platform", model.platform());
    writeTensors(json, "inputs", model.inputs());
    writeTensors(json, "outputs", model.outputs());
    if (!model.properties().isEmpty()) {
      json.name("properties").beginObject();
      model.properties().forEach(json::member);
      json.endObject();
    }
    Answers.json(exchange.response(), json.endObject());
  }

  private static void writeTensors(JsonWriter json, String name, List<TensorSpec> tensors) {
    json.name(name).beginArray();
    for (TensorSpec tensor : tensors) {
      json.beginObject()
          .member("name", tensor.name())
          .member("datatype", tensor.dataType().name())
          .name("shape")
          .beginArray();
      for (long dimension : tensor.shape().toArray()) {
        json.number(dimension);
      }
      json.endArray().endObject();
    }
    json.endArray();
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
