package dev.brink.routing;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.Reason;
import dev.brink.model.CascadeSettings;
import dev.brink.model.OnOffline;
import java.time.Duration;
import java.util.Optional;

/**
 * Decides where a request runs: a pure function of the request and a snapshot. First what the
 * caller forces, then what can be done in the time left, then the cascade.
 */
public final class Router {

  /** The confidence the caller asks for, in place of the threshold that is in force. */
  public static final String MIN_CONFIDENCE = "brink_min_confidence";

  private static final Duration RETRY_OFFLINE = Duration.ofSeconds(5);

  public RoutingDecision route(InferenceRequest request, NodeSnapshot snapshot) {
    try {
      return decide(request, snapshot);
    } catch (InferenceException invalid) {
      return new RoutingDecision.Reject(invalid.error());
    }
  }

  private static RoutingDecision decide(InferenceRequest request, NodeSnapshot snapshot) {
    RequestedRoute requested = RequestedRoute.of(request.parameters());
    double threshold = threshold(request, snapshot);
    if (timeLeft(request, snapshot) <= 0) {
      return new RoutingDecision.Reject(
          new InferenceError.DeadlineExceeded("the deadline has passed"));
    }
    return switch (requested) {
      case AUTO -> automatic(request, snapshot, threshold);
      case EDGE, LOCAL_ONLY -> forcedEdge(request, snapshot, threshold);
      case CLOUD -> forcedCloud(request, snapshot);
    };
  }

  private static RoutingDecision automatic(
      InferenceRequest request, NodeSnapshot snapshot, double threshold) {
    if (!snapshot.edge().holdsModel()) {
      return unheld(request, snapshot, Reason.UNKNOWN_MODEL);
    }
    if (isStep(request, snapshot)) {
      return nextStep(request, snapshot);
    }
    if (!edgeFeasible(request, snapshot)) {
      return overloaded(request, snapshot);
    }
    return snapshot
        .edge()
        .cascade()
        .<RoutingDecision>map(
            settings -> new RoutingDecision.Cascade(policy(request, snapshot, settings, threshold)))
        .orElse(new RoutingDecision.Local(Reason.LOCAL));
  }

  /** Whether the request goes on where another one ended that may have run here. */
  private static boolean isStep(InferenceRequest request, NodeSnapshot snapshot) {
    return snapshot.edge().keepsSequences() && request.sequence().isPresent();
  }

  /** The state is here, and nowhere else. */
  private static RoutingDecision nextStep(InferenceRequest request, NodeSnapshot snapshot) {
    return edgeFeasible(request, snapshot)
        ? new RoutingDecision.Local(Reason.LOCAL)
        : reject(busy(snapshot));
  }

  private static CascadePolicy policy(
      InferenceRequest request, NodeSnapshot snapshot, CascadeSettings settings, double threshold) {
    long left = timeLeft(request, snapshot);
    Duration objective = settings.forTenant(request.context().tenant()).latency();
    if (!objective.isZero()) {
      left = Math.min(left, objective.toNanos());
    }
    return new CascadePolicy(settings, threshold, left, snapshot.cloud(), snapshot.thresholds());
  }

  private static RoutingDecision forcedEdge(
      InferenceRequest request, NodeSnapshot snapshot, double threshold) {
    if (!snapshot.edge().holdsModel()) {
      return reject(unknownModel(request));
    }
    if (!edgeFeasible(request, snapshot)) {
      return reject(busy(snapshot));
    }
    return snapshot
        .edge()
        .cascade()
        .<RoutingDecision>map(
            settings -> new RoutingDecision.Cascade(new ForcedEdgePolicy(settings, threshold)))
        .orElse(new RoutingDecision.Local(Reason.FORCED));
  }

  private static RoutingDecision forcedCloud(InferenceRequest request, NodeSnapshot snapshot) {
    if (!snapshot.edge().holdsModel()) {
      return unheld(request, snapshot, Reason.FORCED);
    }
    if (isStep(request, snapshot)) {
      RoutingDecision lost = reject(sequenceOutOfReach());
      return snapshot.cloud().isUsable() ? new RoutingDecision.Cloud(Reason.FORCED, lost) : lost;
    }
    if (snapshot.cloud().isUsable()) {
      return new RoutingDecision.Cloud(Reason.FORCED, new RoutingDecision.Local(Reason.OFFLINE));
    }
    return defers(snapshot)
        ? new RoutingDecision.Defer(Reason.OFFLINE)
        : new RoutingDecision.Local(Reason.OFFLINE);
  }

  /**
   * The model is not here: the cloud, or nobody. The uplink knows best whether nobody answers there
   * or nobody has room.
   */
  private static RoutingDecision unheld(
      InferenceRequest request, NodeSnapshot snapshot, Reason reason) {
    NodeSnapshot.CloudView cloud = snapshot.cloud();
    if (!cloud.mayHoldModel()) {
      return reject(unknownModel(request));
    }
    RoutingDecision orElse =
        defers(snapshot) ? new RoutingDecision.Defer(Reason.OFFLINE) : reject(unavailable(request));
    return cloud.link().isUsable() ? new RoutingDecision.Cloud(reason, orElse) : orElse;
  }

  private static RoutingDecision overloaded(InferenceRequest request, NodeSnapshot snapshot) {
    RoutingDecision refusal = reject(busy(snapshot));
    return snapshot.cloud().answersWithin(timeLeft(request, snapshot))
        ? new RoutingDecision.Cloud(Reason.OVERLOAD, refusal)
        : refusal;
  }

  private static double threshold(InferenceRequest request, NodeSnapshot snapshot) {
    Optional<Double> wanted = request.parameters().number(MIN_CONFIDENCE);
    if (wanted.isPresent() && !(wanted.get() >= 0 && wanted.get() <= 1)) {
      throw InferenceError.invalid(MIN_CONFIDENCE + ": " + wanted.get() + " (expected: 0 to 1)");
    }
    return wanted.orElse(snapshot.thresholds().threshold());
  }

  private static boolean edgeFeasible(InferenceRequest request, NodeSnapshot snapshot) {
    return snapshot.edge().latencyNanos() <= timeLeft(request, snapshot);
  }

  private static long timeLeft(InferenceRequest request, NodeSnapshot snapshot) {
    return request.context().deadline().remainingNanos(snapshot.nowNanos());
  }

  private static boolean defers(NodeSnapshot snapshot) {
    return snapshot.edge().cascade().map(CascadeSettings::onOffline).orElse(OnOffline.ANSWER)
        == OnOffline.DEFER;
  }

  private static RoutingDecision reject(InferenceError error) {
    return new RoutingDecision.Reject(error);
  }

  private static InferenceError unknownModel(InferenceRequest request) {
    return new InferenceError.UnknownModel(
        "Request for unknown model: '" + request.modelName() + "' is not found");
  }

  private static InferenceError unavailable(InferenceRequest request) {
    return new InferenceError.Unavailable(
        "model '"
            + request.modelName()
            + "' is held by the cloud only, and the cloud cannot be reached;"
            + " send 'Prefer: respond-async' to have the request done when it can",
        RETRY_OFFLINE);
  }

  private static InferenceError sequenceOutOfReach() {
    return new InferenceError.Unavailable(
        "the sequence is kept in the cloud, and the cloud does not answer", RETRY_OFFLINE);
  }

  /** One who comes again should not do so before a run could have ended. */
  private static InferenceError busy(NodeSnapshot snapshot) {
    return new InferenceError.Overloaded(
        "no node can answer before the deadline", Duration.ofNanos(snapshot.edge().latencyNanos()));
  }
}
