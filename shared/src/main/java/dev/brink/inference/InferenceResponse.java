package dev.brink.inference;

import java.util.List;
import java.util.Optional;

/**
 * An answer.
 *
 * @param modelVersion the version that answered
 * @param parameters what the model's node says beside the outputs; provenance is not among them
 */
public record InferenceResponse(
    String modelName,
    String modelVersion,
    String id,
    Parameters parameters,
    List<Tensor> outputs,
    Provenance provenance)
    implements InferenceResult {

  public InferenceResponse {
    outputs = List.copyOf(outputs);
  }

  public Optional<Tensor> output(String name) {
    return outputs.stream().filter(output -> output.name().equals(name)).findFirst();
  }

  public InferenceResponse withProvenance(Provenance other) {
    return new InferenceResponse(modelName, modelVersion, id, parameters, outputs, other);
  }

  public InferenceResponse withOutputs(List<Tensor> other) {
    return new InferenceResponse(modelName, modelVersion, id, parameters, other, provenance);
  }

  public InferenceResponse withId(String other) {
    return new InferenceResponse(modelName, modelVersion, other, parameters, outputs, provenance);
  }
}
