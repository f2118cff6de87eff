package dev.brink.inference;

import java.util.List;

/**
 * One request for one model.
 *
 * @param modelVersion empty for the version the node's policy names
 * @param id the caller's own; echoed, never interpreted; empty for none
 * @param outputs what the caller wants; empty for all outputs
 */
public record InferenceRequest(
    String modelName,
    String modelVersion,
    String id,
    Parameters parameters,
    List<Tensor> inputs,
    List<RequestedOutput> outputs,
    RequestContext context) {

  public InferenceRequest {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  public long inputBytes() {
    long bytes = 0;
    for (Tensor input : inputs) {
      bytes += input.byteSize();
    }
    return bytes;
  }

  public InferenceRequest withContext(RequestContext other) {
    return new InferenceRequest(modelName, modelVersion, id, parameters, inputs, outputs, other);
  }

  public InferenceRequest withParameters(Parameters other) {
    return new InferenceRequest(modelName, modelVersion, id, other, inputs, outputs, context);
  }

  public InferenceRequest withOutputs(List<RequestedOutput> other) {
    return new InferenceRequest(modelName, modelVersion, id, parameters, inputs, other, context);
  }
}
