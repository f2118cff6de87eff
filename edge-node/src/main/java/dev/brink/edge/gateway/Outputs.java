package dev.brink.edge.gateway;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Tensor;
import java.util.List;

/** The cascade sees all outputs; the caller gets those asked for, in that order. */
final class Outputs {

  private Outputs() {}

  /**
   * @throws InferenceException (invalid request) where the model gives no such output
   */
  static InferenceResponse asRequested(InferenceRequest request, InferenceResponse response) {
    if (request.outputs().isEmpty()) {
      return response;
    }
    List<Tensor> kept =
        request.outputs().stream().map(wanted -> require(response, wanted.name())).toList();
    return response.withOutputs(kept);
  }

  private static Tensor require(InferenceResponse response, String name) {
    return response
        .output(name)
        .orElseThrow(
            () ->
                InferenceError.invalid(
                    "unexpected inference output '%s' for model '%s'"
                        .formatted(name, response.modelName())));
  }
}
