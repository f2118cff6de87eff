package dev.brink.edge;

import dev.brink.edge.gateway.Decider;
import dev.brink.edge.uplink.Uplink;
import dev.brink.inference.InferenceRequest;
import dev.brink.model.CascadeSettings;
import dev.brink.model.ModelSettings;
import dev.brink.resilience.Ticker;
import dev.brink.routing.NodeSnapshot;
import dev.brink.routing.NodeSnapshot.EdgeView;
import dev.brink.routing.Router;
import dev.brink.routing.RoutingDecision;
import dev.brink.routing.Thresholds;
import dev.brink.serving.ModelHost;
import java.util.Optional;

/** Takes the snapshot of this node that a decision is made on. */
final class NodeDecider implements Decider {

  private final Router router = new Router();
  private final ModelHost models;
  private final Uplink uplink;
  private final Ticker ticker;

  NodeDecider(ModelHost models, Uplink uplink, Ticker ticker) {
    this.models = models;
    this.uplink = uplink;
    this.ticker = ticker;
  }

  @Override
  public RoutingDecision decide(InferenceRequest request) {
    EdgeView edge = edge(request);
    double threshold = edge.cascade().map(CascadeSettings::threshold).orElse(0.0);
    return router.route(
        request,
        new NodeSnapshot(
            ticker.nanos(), edge, uplink.view(request.modelName()), Thresholds.fixed(threshold)));
  }

  private EdgeView edge(InferenceRequest request) {
    Optional<ModelSettings> settings = models.settings(request.modelName(), request.modelVersion());
    if (settings.isEmpty()) {
      return EdgeView.without();
    }
    long estimate = models.estimateNanos(request.modelName(), request.modelVersion()).orElse(0L);
    return new EdgeView(true, settings.get().cascade(), 0, estimate);
  }
}
