package dev.brink.oip;

import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.RequestedOutput;
import dev.brink.inference.Route;
import dev.brink.inference.Tensor;
import dev.brink.inference.Timings;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Answers every request with its own inputs: of each input {@code X} the output {@code X}. */
public final class EchoService implements InferenceService {

  private final List<InferenceRequest> requests = new CopyOnWriteArrayList<>();

  @Override
  public Future<InferenceResult> infer(InferenceRequest request) {
    requests.add(request);
    return Future.succeededFuture(
        new InferenceResponse(
            request.modelName(),
            request.modelVersion().isEmpty() ? "1" : request.modelVersion(),
            "",
            Parameters.none(),
            outputs(request),
            Provenance.local(Route.EDGE, "edge-1", new Timings(1_500_000, 2_000, 0, 0))));
  }

  private static List<Tensor> outputs(InferenceRequest request) {
    if (request.outputs().isEmpty()) {
      return request.inputs();
    }
    List<Tensor> outputs = new ArrayList<>();
    for (RequestedOutput wanted : request.outputs()) {
      request.inputs().stream()
          .filter(input -> input.name().equals(wanted.name()))
          .forEach(outputs::add);
    }
    return outputs;
  }

  public List<InferenceRequest> requests() {
    return List.copyOf(requests);
  }

  public InferenceRequest last() {
    return requests.getLast();
  }
}
