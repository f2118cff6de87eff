package dev.brink.edge;

import dev.brink.edge.gateway.Decider;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceRequest;
import dev.brink.model.ModelSettings;
import dev.brink.model.ModelState;
import dev.brink.model.ModelVersionStatus;
import dev.brink.resilience.Ticker;
import dev.brink.routing.Explanation;
import dev.brink.routing.NodeSnapshot;
import dev.brink.routing.NodeSnapshot.CloudView;
import dev.brink.routing.NodeSnapshot.EdgeView;
import dev.brink.routing.ObjectiveController;
import dev.brink.routing.Router;
import dev.brink.routing.RoutingDecision;
import dev.brink.routing.SlowModelTrials;
import dev.brink.routing.TargetPool;
import dev.brink.routing.Thresholds;
import dev.brink.serving.ModelHost;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Takes the snapshot of this node that a decision is made on. */
final class NodeDecider implements Decider {

  private static final Duration RETRY_NOT_READY = Duration.ofSeconds(5);
  private static final Thresholds NOTHING_IS_HARD = Thresholds.fixed(0);

  private final Router router = new Router();
  private final SlowModelTrials trials;
  private final ModelHost models;
  private final Function<String, CloudView> cloud;
  private final TargetPool targets;
  private final ObjectiveController objectives;
  private final Ticker ticker;

  /**
   * @param cloud how the cloud is seen for a model's name
   */
  NodeDecider(
      ModelHost models,
      Function<String, CloudView> cloud,
      TargetPool targets,
      ObjectiveController objectives,
      Ticker ticker) {
    this.trials = new SlowModelTrials(router, ticker);
    this.models = models;
    this.cloud = cloud;
    this.targets = targets;
    this.objectives = objectives;
    this.ticker = ticker;
  }

  @Override
  public RoutingDecision decide(InferenceRequest request) {
    RoutingDecision decision = trials.route(request, snapshot(request));
    return decision instanceof RoutingDecision.Reject
        ? notReady(request).<RoutingDecision>map(RoutingDecision.Reject::new).orElse(decision)
        : decision;
  }

  @Override
  public boolean isOnlyHere(String model) {
    return !cloud.apply(model).isUsable();
  }

  @Override
  public boolean isOnlyElsewhere(String model, String version) {
    return !models.mayAnswer(model, version);
  }

  /**
   * A model that is in the repository and could not be loaded is another matter than an unknown
   * one.
   */
  private Optional<InferenceError> notReady(InferenceRequest request) {
    return models.settings(request).isPresent()
        ? Optional.empty()
        : models.index().stream()
            .filter(version -> version.name().equals(request.modelName()))
            .filter(version -> version.state() != ModelState.READY)
            .findFirst()
            .map(NodeDecider::notReady);
  }

  private static InferenceError notReady(ModelVersionStatus version) {
    return new InferenceError.Unavailable(
        "'%s' version %s is not at ready state%s"
            .formatted(
                version.name(),
                version.version(),
                version.reason().isEmpty() ? "" : ": " + version.reason()),
        RETRY_NOT_READY);
  }

  /** The decision as it would be made now, with all it rests on, as JSON. */
  String explain(InferenceRequest request) {
    NodeSnapshot snapshot = snapshot(request);
    long left = request.context().deadline().remainingNanos(snapshot.nowNanos());
    return Explanation.of(
        request,
        snapshot,
        router.route(request, snapshot),
        targets.candidates(request.modelName(), request.inputBytes(), left, Set.of()));
  }

  private NodeSnapshot snapshot(InferenceRequest request) {
    EdgeView edge = edge(request);
    CloudView view = cloud.apply(request.modelName());
    Thresholds thresholds =
        edge.cascade()
            .map(settings -> objectives.thresholds(request, settings, view))
            .orElse(NOTHING_IS_HARD);
    return new NodeSnapshot(ticker.nanos(), edge, view, thresholds);
  }

  private EdgeView edge(InferenceRequest request) {
    Optional<ModelSettings> settings = models.settings(request);
    if (settings.isEmpty()) {
      return EdgeView.without();
    }
    return models
        .estimate(request)
        .map(
            run ->
                new EdgeView(
                    true,
                    settings.get().cascade(),
                    run.waitNanos(),
                    run.serviceNanos(),
                    run.isFree(),
                    settings.get().sequence().isPresent()))
        .orElseGet(EdgeView::without);
  }
}
