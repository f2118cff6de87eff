package dev.brink.model;

import dev.brink.inference.TensorSpec;
import java.util.List;
import java.util.Map;

/**
 * A loaded version of a model as its callers see it.
 *
 * @param version the version described
 * @param versions all versions that are ready, oldest first
 * @param platform such as {@code onnxruntime_onnx}
 * @param maxBatchSize largest batch the node forms; 0 where the model does not batch
 * @param sequences whether it goes on where its last run of the same sequence ended
 * @param properties such as the execution provider in use
 */
public record ModelDescription(
    String name,
    String version,
    List<String> versions,
    String platform,
    List<TensorSpec> inputs,
    List<TensorSpec> outputs,
    int maxBatchSize,
    boolean sequences,
    Map<String, String> properties) {

  public ModelDescription {
    versions = List.copyOf(versions);
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    properties = Map.copyOf(properties);
  }
}
