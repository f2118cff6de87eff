package dev.brink.oip.grpc;

import dev.brink.inference.TensorSpec;
import dev.brink.model.ModelCatalog;
import dev.brink.model.ModelDescription;
import dev.brink.model.ModelStatistics.BatchTotals;
import dev.brink.model.ModelStatistics.Total;
import dev.brink.oip.proto.DataType;
import dev.brink.oip.proto.InferBatchStatistics;
import dev.brink.oip.proto.InferStatistics;
import dev.brink.oip.proto.MemoryUsage;
import dev.brink.oip.proto.ModelConfig;
import dev.brink.oip.proto.ModelConfigRequest;
import dev.brink.oip.proto.ModelConfigResponse;
import dev.brink.oip.proto.ModelDynamicBatching;
import dev.brink.oip.proto.ModelInput;
import dev.brink.oip.proto.ModelMetadataRequest;
import dev.brink.oip.proto.ModelMetadataResponse;
import dev.brink.oip.proto.ModelMetadataResponse.TensorMetadata;
import dev.brink.oip.proto.ModelOutput;
import dev.brink.oip.proto.ModelReadyRequest;
import dev.brink.oip.proto.ModelReadyResponse;
import dev.brink.oip.proto.ModelSequenceBatching;
import dev.brink.oip.proto.ModelStatistics;
import dev.brink.oip.proto.ModelStatisticsRequest;
import dev.brink.oip.proto.ModelStatisticsResponse;
import dev.brink.oip.proto.StatisticDuration;
import dev.brink.oip.rules.ModelConfiguration;
import dev.brink.oip.rules.RequestRules;

/** What there is to know of models. */
final class ModelRpc {

  private final ModelCatalog catalog;

  ModelRpc(ModelCatalog catalog) {
    this.catalog = catalog;
  }

  ModelReadyResponse ready(ModelReadyRequest request) {
    RequestRules.checkVersion(request.getVersion());
    return ModelReadyResponse.newBuilder()
        .setReady(catalog.find(request.getName(), request.getVersion()).isPresent())
        .build();
  }

  ModelMetadataResponse metadata(ModelMetadataRequest request) {
    RequestRules.checkVersion(request.getVersion());
    ModelDescription model = catalog.describe(request.getName(), request.getVersion());
    ModelMetadataResponse.Builder answer =
        ModelMetadataResponse.newBuilder()
            .setName(model.name())
            .addAllVersions(model.versions())
            .setPlatform(model.platform())
            .putAllProperties(model.properties());
    model.inputs().forEach(input -> answer.addInputs(tensor(input)));
    model.outputs().forEach(output -> answer.addOutputs(tensor(output)));
    return answer.build();
  }

  private static TensorMetadata tensor(TensorSpec spec) {
    TensorMetadata.Builder tensor =
        TensorMetadata.newBuilder().setName(spec.name()).setDatatype(spec.dataType().name());
    for (long dimension : spec.shape().toArray()) {
      tensor.addShape(dimension);
    }
    return tensor.build();
  }

  ModelConfigResponse config(ModelConfigRequest request) {
    RequestRules.checkVersion(request.getVersion());
    ModelDescription model = catalog.describe(request.getName(), request.getVersion());
    ModelConfig.Builder config =
        ModelConfig.newBuilder()
            .setName(model.name())
            .setPlatform(model.platform())
            .setBackend(ModelConfiguration.backend(model))
            .setMaxBatchSize(model.maxBatchSize());
    model.inputs().forEach(input -> config.addInput(input(model, input)));
    model.outputs().forEach(output -> config.addOutput(output(model, output)));
    if (model.sequences()) {
      config.setSequenceBatching(ModelSequenceBatching.getDefaultInstance());
    } else if (model.maxBatchSize() > 0) {
      config.setDynamicBatching(ModelDynamicBatching.getDefaultInstance());
    }
    return ModelConfigResponse.newBuilder().setConfig(config).build();
  }

  private static ModelInput input(ModelDescription model, TensorSpec spec) {
    ModelInput.Builder input =
        ModelInput.newBuilder()
            .setName(spec.name())
            .setDataType(DataType.valueOf(ModelConfiguration.typeName(spec.dataType())));
    for (long dimension : ModelConfiguration.dims(model, spec)) {
      input.addDims(dimension);
    }
    return input.build();
  }

  private static ModelOutput output(ModelDescription model, TensorSpec spec) {
    ModelOutput.Builder output =
        ModelOutput.newBuilder()
            .setName(spec.name())
            .setDataType(DataType.valueOf(ModelConfiguration.typeName(spec.dataType())));
    for (long dimension : ModelConfiguration.dims(model, spec)) {
      output.addDims(dimension);
    }
    return output.build();
  }

  ModelStatisticsResponse statistics(ModelStatisticsRequest request) {
    RequestRules.checkVersion(request.getVersion());
    if (!request.getName().isEmpty()) {
      catalog.describe(request.getName(), request.getVersion());
    }
    ModelStatisticsResponse.Builder answer = ModelStatisticsResponse.newBuilder();
    catalog
        .statistics(request.getName(), request.getVersion())
        .forEach(totals -> answer.addModelStats(statistics(totals)));
    return answer.build();
  }

  private static ModelStatistics statistics(dev.brink.model.ModelStatistics totals) {
    ModelStatistics.Builder answer =
        ModelStatistics.newBuilder()
            .setName(totals.name())
            .setVersion(totals.version())
            .setLastInference(totals.lastInferenceMillis())
            .setInferenceCount(totals.inferences())
            .setExecutionCount(totals.executions())
            .setInferenceStats(durations(totals))
            .addMemoryUsage(
                MemoryUsage.newBuilder().setType("CPU").setByteSize(totals.memoryBytes()));
    totals.batches().forEach((size, batch) -> answer.addBatchStats(batch(size, batch)));
    return answer.build();
  }

  private static InferStatistics durations(dev.brink.model.ModelStatistics totals) {
    return InferStatistics.newBuilder()
        .setSuccess(duration(totals.success()))
        .setFail(duration(totals.fail()))
        .setQueue(duration(totals.queue()))
        .setComputeInput(duration(totals.computeInput()))
        .setComputeInfer(duration(totals.computeInfer()))
        .setComputeOutput(duration(totals.computeOutput()))
        .setCacheHit(duration(totals.cacheHit()))
        .setCacheMiss(duration(totals.cacheMiss()))
        .build();
  }

  private static InferBatchStatistics batch(int size, BatchTotals totals) {
    return InferBatchStatistics.newBuilder()
        .setBatchSize(size)
        .setComputeInput(duration(totals.computeInput()))
        .setComputeInfer(duration(totals.computeInfer()))
        .setComputeOutput(duration(totals.computeOutput()))
        .build();
  }

  private static StatisticDuration duration(Total total) {
    return StatisticDuration.newBuilder().setCount(total.count()).setNs(total.nanos()).build();
  }
}
