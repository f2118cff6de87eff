package dev.brink.inference;

import java.util.List;
import java.util.Optional;

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

  /**
   * Names the sequence that this is a step of, among those of all tenants and models; empty where
   * it is a step of none.
   */
  public Optional<String> sequence() {
    Object number = parameters.asMap().get("sequence_id");
    return number == null || number.equals(0L) || number.equals("")
        ? Optional.empty()
        : Optional.of(context.tenant() + '/' + modelName + '/' + kind(number) + number);
  }

  /** The text 7 is another sequence than the number. */
  private static String kind(Object number) {
    return number instanceof String ? "text " : "";
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
