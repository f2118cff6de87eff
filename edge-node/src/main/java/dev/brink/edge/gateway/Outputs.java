package dev.brink.edge.gateway;

import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.RequestedOutput;
import dev.brink.inference.Tensor;
import java.util.List;

/** The cascade sees all outputs; the caller gets those asked for, in that order. */
final class Outputs {

  private Outputs() {}

  static InferenceResponse asRequested(InferenceRequest request, InferenceResponse response) {
    if (request.outputs().isEmpty()) {
      return response;
    }
    List<Tensor> kept =
        request.outputs().stream()
            .map(RequestedOutput::name)
            .flatMap(name -> response.output(name).stream())
            .toList();
    return response.withOutputs(kept);
  }
}
