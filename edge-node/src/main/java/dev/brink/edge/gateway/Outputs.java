package dev.brink.edge.gateway;

import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.RequestedOutput;
import dev.brink.inference.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Lets the cascade see the outputs it judges by, whatever the caller asked for. */
final class Outputs {

  private Outputs() {}

  static InferenceRequest withSignal(InferenceRequest request, Set<String> observed) {
    if (request.outputs().isEmpty()) {
      return request;
    }
    List<RequestedOutput> wanted = new ArrayList<>(request.outputs());
    for (String name : observed) {
      if (wanted.stream().noneMatch(output -> output.name().equals(name))) {
        wanted.add(RequestedOutput.of(name));
      }
    }
    return request.withOutputs(wanted);
  }

  static InferenceResponse asRequested(InferenceRequest request, InferenceResponse response) {
    if (request.outputs().size() == response.outputs().size() || request.outputs().isEmpty()) {
      return response;
    }
    Set<String> wanted =
        Set.copyOf(request.outputs().stream().map(RequestedOutput::name).toList());
    List<Tensor> kept =
        response.outputs().stream().filter(output -> wanted.contains(output.name())).toList();
    return response.withOutputs(kept);
  }
}
