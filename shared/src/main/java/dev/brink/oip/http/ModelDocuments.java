package dev.brink.oip.http;

import dev.brink.inference.TensorSpec;
import dev.brink.model.ModelDescription;
import dev.brink.model.ModelStatistics;
import dev.brink.model.ModelStatistics.BatchTotals;
import dev.brink.model.ModelStatistics.Total;
import dev.brink.oip.json.JsonWriter;
import dev.brink.oip.rules.ModelConfiguration;
import java.util.List;

/** What there is to know of a model, as JSON. */
final class ModelDocuments {

  private ModelDocuments() {}

  static JsonWriter metadata(ModelDescription model) {
    JsonWriter json =
        new JsonWriter(512)
            .beginObject()
            .member("name", model.name())
            .name("versions")
            .beginArray();
    model.versions().forEach(json::string);
    json.endArray().member("platform", model.platform());
    writeTensors(json.name("inputs"), model.inputs());
    writeTensors(json.name("outputs"), model.outputs());
    if (!model.properties().isEmpty()) {
      json.name("properties").beginObject();
      model.properties().forEach(json::member);
      json.endObject();
    }
    return json.endObject();
  }

  private static void writeTensors(JsonWriter json, List<TensorSpec> tensors) {
    json.beginArray();
    for (TensorSpec tensor : tensors) {
      json.beginObject().member("name", tensor.name()).member("datatype", tensor.dataType().name());
      writeDimensions(json.name("shape"), tensor.shape().toArray());
      json.endObject();
    }
    json.endArray();
  }

  private static void writeDimensions(JsonWriter json, long[] dimensions) {
    json.beginArray();
    for (long dimension : dimensions) {
      json.number(dimension);
    }
    json.endArray();
  }

  static JsonWriter configuration(ModelDescription model) {
    JsonWriter json =
        new JsonWriter(512)
            .beginObject()
            .member("name", model.name())
            .member("platform", model.platform())
            .member("backend", ModelConfiguration.backend(model))
            .member("max_batch_size", (long) model.maxBatchSize());
    writeConfigured(json.name("input"), model, model.inputs());
    writeConfigured(json.name("output"), model, model.outputs());
    if (model.sequences()) {
      json.name("sequence_batching").beginObject().endObject();
    } else if (model.maxBatchSize() > 0) {
      json.name("dynamic_batching").beginObject().endObject();
    }
    json.name("model_transaction_policy").beginObject().member("decoupled", false).endObject();
    return json.endObject();
  }

  private static void writeConfigured(
      JsonWriter json, ModelDescription model, List<TensorSpec> tensors) {
    json.beginArray();
    for (TensorSpec tensor : tensors) {
      json.beginObject()
          .member("name", tensor.name())
          .member("data_type", ModelConfiguration.typeName(tensor.dataType()));
      writeDimensions(json.name("dims"), ModelConfiguration.dims(model, tensor));
      json.endObject();
    }
    json.endArray();
  }

  static JsonWriter statistics(List<ModelStatistics> models) {
    JsonWriter json = new JsonWriter(1024).beginObject().name("model_stats").beginArray();
    models.forEach(model -> write(json, model));
    return json.endArray().endObject();
  }

  private static void write(JsonWriter json, ModelStatistics model) {
    json.beginObject()
        .member("name", model.name())
        .member("version", model.version())
        .member("last_inference", model.lastInferenceMillis())
        .member("inference_count", model.inferences())
        .member("execution_count", model.executions())
        .name("inference_stats")
        .beginObject();
    write(json, "success", model.success());
    write(json, "fail", model.fail());
    write(json, "queue", model.queue());
    write(json, "compute_input", model.computeInput());
    write(json, "compute_infer", model.computeInfer());
    write(json, "compute_output", model.computeOutput());
    write(json, "cache_hit", model.cacheHit());
    write(json, "cache_miss", model.cacheMiss());
    json.endObject().name("batch_stats").beginArray();
    model.batches().forEach((size, batch) -> write(json, size, batch));
    json.endArray().name("memory_usage").beginArray().beginObject();
    json.member("type", "CPU").member("id", 0L).member("byte_size", model.memoryBytes());
    json.endObject().endArray().endObject();
  }

  private static void write(JsonWriter json, int size, BatchTotals batch) {
    json.beginObject().member("batch_size", (long) size);
    write(json, "compute_input", batch.computeInput());
    write(json, "compute_infer", batch.computeInfer());
    write(json, "compute_output", batch.computeOutput());
    json.endObject();
  }

  private static void write(JsonWriter json, String name, Total total) {
    json.name(name)
        .beginObject()
        .member("count", total.count())
        .member("ns", total.nanos())
        .endObject();
  }
}
