package dev.brink.edge.sim;

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
import dev.brink.routing.Calibration;
import dev.brink.routing.EscalationPolicy;
import dev.brink.routing.LearningBasis;
import dev.brink.routing.LinkMonitor;
import dev.brink.routing.LinkState;
import dev.brink.routing.NodeSnapshot;
import dev.brink.routing.ObjectiveController;
import dev.brink.routing.Router;
import dev.brink.routing.RoutingDecision;
import dev.brink.routing.TargetPool;
import dev.brink.routing.TargetPoolSettings;
import dev.brink.routing.Thresholds;
import dev.brink.routing.Verdict;
import java.util.List;
import java.util.Optional;

/** The gateway's own router, pool and controller; only what acts on their decisions is made up. */
final class BrinkPolicy implements Policy {

  static final String MODEL = "intent";

  private final World world;
  private final CascadeSettings settings;
  private final boolean priced;
  private final Router router = new Router();
  private final TargetPool pool;
  private final LinkMonitor link;
  private final ObjectiveController controller;

  /**
   * @param priced whether the price is in force; without, whoever comes first gets the budget
   */
  BrinkPolicy(World world, CascadeSettings settings, Calibration calibration, boolean priced) {
    this.world = world;
    this.settings =
        settings.withObjective(settings.agreement(), settings.latency(), world.scenario().budget());
    this.priced = priced;
    this.pool = new TargetPool(TargetPoolSettings.standard(), world.time(), world.random());
    this.link = new LinkMonitor(LinkState.ONLINE, world.time());
    this.controller = new ObjectiveController(world.time(), world.random());
    controller.calibrate(MODEL, new LearningBasis("1", ""), calibration);
    new Heartbeats(world, pool, link).start();
  }

  @Override
  public void asked(Ask ask) {
    InferenceRequest request = request(ask);
    NodeSnapshot snapshot = snapshot(request);
    world
        .tally()
        .series()
        .control(
            world.time().seconds(),
            snapshot.thresholds().threshold(),
            snapshot.thresholds().price());
    switch (router.route(request, snapshot)) {
      case RoutingDecision.Cascade(EscalationPolicy policy) ->
          world.runEdge(took -> judge(policy, ask, request, edgeAnswer(ask.trace(), took)));
      case RoutingDecision.Cloud cloud -> {
        if (controller.pays(request)) {
          escalation(ask, request, null, null).start();
        } else {
          ask.refuse();
        }
      }
      case RoutingDecision.Local local ->
          world.runEdge(took -> ask.answer(world.time().nanos(), false, local.degraded()));
      case RoutingDecision.Defer defer -> ask.refuse();
      case RoutingDecision.Reject reject -> ask.refuse();
    }
  }

  private NodeSnapshot snapshot(InferenceRequest request) {
    NodeSnapshot.CloudView cloud = pool.view(link.state(), MODEL);
    Thresholds now = controller.thresholds(request, settings, cloud);
    return new NodeSnapshot(
        world.time().nanos(),
        new NodeSnapshot.EdgeView(
            true, Optional.of(settings), world.edgeWaitNanos(), world.edgeServiceNanos()),
        cloud,
        priced ? now : new Thresholds(now.threshold(), 0, now.wrong()));
  }

  private void judge(
      EscalationPolicy policy, Ask ask, InferenceRequest request, InferenceResponse answer) {
    Verdict verdict = policy.judge(answer);
    switch (verdict) {
      case Verdict.Keep keep -> {
        ask.answer(world.time().nanos(), false, keep.degraded());
        if (controller.audits(request, keep, answer)) {
          escalation(ask, request, keep, answer).startAudit();
        }
      }
      case Verdict.Escalate escalate -> {
        if (controller.admits(request, escalate, answer)) {
          ask.escalated();
          escalation(ask, request, escalate, answer).start();
        } else {
          ask.answer(world.time().nanos(), false, true);
        }
      }
    }
  }

  private Escalation escalation(
      Ask ask, InferenceRequest request, Verdict verdict, InferenceResponse answer) {
    Runnable compared =
        () -> {
          if (verdict != null) {
            controller.compared(request, verdict, answer, cloudAnswer(ask.trace()));
          }
        };
    return new Escalation(world, pool, link, ask, () -> controller.pays(request), compared);
  }

  private static InferenceRequest request(Ask ask) {
    return new InferenceRequest(
        MODEL,
        "",
        "",
        Parameters.none(),
        List.of(),
        List.of(),
        RequestContext.until(new Deadline(ask.deadlineNanos())));
  }

  private static InferenceResponse edgeAnswer(Trace trace, long tookNanos) {
    float confidence = (float) trace.confidence();
    return answer(
        List.of(
            Tensor.ofStrings("label", Shape.of(1, 1), List.of(trace.edgeLabel())),
            Tensor.ofFloats("probabilities", Shape.of(1, 2), confidence, 0)),
        Provenance.local(Route.EDGE, "edge", new Timings(0, tookNanos, 0, 0)));
  }

  private static InferenceResponse cloudAnswer(Trace trace) {
    return answer(
        List.of(Tensor.ofStrings("label", Shape.of(1, 1), List.of(trace.cloudLabel()))),
        Provenance.local(Route.CLOUD, "cloud", Timings.NONE));
  }

  private static InferenceResponse answer(List<Tensor> outputs, Provenance provenance) {
    return new InferenceResponse(MODEL, "1", "", Parameters.none(), outputs, provenance);
  }
}
