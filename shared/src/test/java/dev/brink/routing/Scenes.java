package dev.brink.routing;

import dev.brink.inference.Deadline;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.Parameters;
import dev.brink.inference.Provenance;
import dev.brink.inference.RequestContext;
import dev.brink.inference.Route;
import dev.brink.inference.Shape;
import dev.brink.inference.Tensor;
import dev.brink.inference.Timings;
import dev.brink.model.CascadeSettings;
import dev.brink.model.Signal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Requests, answers and nodes in the states that routing tells apart. */
final class Scenes {

  static final long NOW = 5_000_000_000L;
  static final long MS = 1_000_000L;
  static final CascadeSettings INTENT =
      CascadeSettings.of("probabilities", Signal.MAX_PROBABILITY, 0.8).withUnknownLabels("oos");

  private Scenes() {}

  static InferenceRequest request(long millisLeft, Map<String, ?> parameters) {
    return new InferenceRequest(
        "intent",
        "",
        "",
        Parameters.of(parameters),
        List.of(),
        List.of(),
        RequestContext.until(new Deadline(NOW + millisLeft * MS)));
  }

  static InferenceRequest request() {
    return request(100, Map.of());
  }

  static InferenceRequest forced(String route) {
    return request(100, Map.of(RequestedRoute.PARAMETER, route));
  }

  static InferenceResponse answer(String label, float... probabilities) {
    return answer(label, 0, probabilities);
  }

  static InferenceResponse answer(String label, long edgeNanos, float... probabilities) {
    return new InferenceResponse(
        "intent",
        "1",
        "",
        Parameters.none(),
        List.of(
            Tensor.ofStrings("label", Shape.of(1, 1), List.of(label)),
            Tensor.ofFloats("probabilities", Shape.of(1, probabilities.length), probabilities)),
        Provenance.local(Route.EDGE, "edge-1", new Timings(0, edgeNanos, 0, 0)));
  }

  static NodeSnapshot.EdgeView idleEdge() {
    return new NodeSnapshot.EdgeView(true, Optional.of(INTENT), 0, MS);
  }

  static NodeSnapshot.EdgeView idleEdge(CascadeSettings settings) {
    return new NodeSnapshot.EdgeView(true, Optional.of(settings), 0, MS);
  }

  static NodeSnapshot.EdgeView busyEdge() {
    return new NodeSnapshot.EdgeView(true, Optional.of(INTENT), 500 * MS, MS);
  }

  static NodeSnapshot node(NodeSnapshot.EdgeView edge, NodeSnapshot.CloudView cloud) {
    return new NodeSnapshot(NOW, edge, cloud, Thresholds.fixed(0.8));
  }

  static NodeSnapshot.CloudView nearCloud() {
    return NodeSnapshot.CloudView.online(20 * MS);
  }

  static NodeSnapshot.CloudView farCloud() {
    return NodeSnapshot.CloudView.online(200 * MS);
  }
}
