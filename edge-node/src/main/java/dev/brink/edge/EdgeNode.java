package dev.brink.edge;

import dev.brink.config.UplinkMode;
import dev.brink.edge.gateway.EdgeGateway;
import dev.brink.edge.gateway.ExplainedInference;
import dev.brink.edge.outbox.Jobs;
import dev.brink.edge.uplink.Uplink;
import dev.brink.inference.Route;
import dev.brink.node.Doors;
import dev.brink.node.Foundation;
import dev.brink.node.FrontDoor;
import dev.brink.node.RunningNode;
import dev.brink.oip.http.OipHttpApi;
import dev.brink.resilience.Ticker;
import dev.brink.routing.NodeSnapshot.CloudView;
import dev.brink.routing.ObjectiveController;
import dev.brink.routing.RecentDecisions;
import dev.brink.routing.TargetPool;
import dev.brink.routing.TargetPoolSettings;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** An edge node: its table of contents. */
public final class EdgeNode implements RunningNode {

  private static final int RECENT_DECISIONS = 256;
  private static final Ticker TICKER = Ticker.system();
  private static final RandomGenerator RANDOM = () -> ThreadLocalRandom.current().nextLong();

  private final EdgeConfig config;
  private final Foundation foundation;
  private final ObjectiveController objectives = new ObjectiveController(TICKER, RANDOM);
  private final TargetPool targets = new TargetPool(TargetPoolSettings.standard(), TICKER, RANDOM);
  private final RecentDecisions recent = new RecentDecisions(RECENT_DECISIONS);
  private final Uplink uplink;
  private final Learning learning;
  private Jobs jobs;
  private FrontDoor frontDoor;

  private EdgeNode(EdgeConfig config) {
    this.config = config;
    this.foundation =
        Foundation.lay(
            config.node().id(),
            Route.EDGE,
            config.models(),
            config.tls(),
            config.management(),
            config.log(),
            config);
    this.learning =
        new Learning(foundation.vertx(), foundation.models(), objectives, config, TICKER);
    this.uplink =
        Uplink.of(
            config.node().id(),
            config.uplink(),
            config.cluster(),
            foundation.tls(),
            targets,
            foundation.vertx(),
            TICKER);
  }

  /** Serves as soon as the models are loaded; the cloud is looked for in the background. */
  public static Future<EdgeNode> start(EdgeConfig config) {
    EdgeNode node = new EdgeNode(config);
    return node.foundation
        .start(config.http())
        .compose(loaded -> node.learning.start())
        .compose(read -> node.openFrontDoor())
        .onSuccess(open -> node.uplink.start())
        .onFailure(failure -> node.foundation.close())
        .map(node);
  }

  private Future<Void> openFrontDoor() {
    jobs =
        Jobs.start(
            foundation.vertx(),
            config.outbox(),
            uplink.patient(config.outbox().drain().attemptTimeout()),
            () -> uplink.state().isUsable(),
            uplink::room);
    show(new UplinkView(uplink, targets));
    NodeDecider decider =
        new NodeDecider(foundation.models(), this::cloud, targets, objectives, TICKER);
    return FrontDoor.open(
            foundation,
            new Doors(
                config.http(),
                config.grpc(),
                config.management(),
                config.tenants(),
                config.models().control()),
            new ExplainedInference(gateway(decider), decider::explain, recent),
            Optional.of(jobs.outbox()),
            router -> {
              jobs.api(OipHttpApi::tenant).mount(router);
              new RouteApi(decider::explain, TICKER).mount(router);
            },
            grpcCall -> {})
        .onSuccess(opened -> frontDoor = opened)
        .mapEmpty();
  }

  private EdgeGateway gateway(NodeDecider decider) {
    return new EdgeGateway(
        decider,
        KnownAnswers.before(foundation, TICKER),
        uplink,
        uplink.paidBy(objectives::pays),
        jobs.outbox(),
        learning.feedback(),
        config.uplink()::timeoutOf,
        TICKER::nanos);
  }

  private CloudView cloud(String model) {
    return config.uplink().mode() == UplinkMode.NONE ? CloudView.none() : uplink.view(model);
  }

  private void show(UplinkView view) {
    foundation.health().detail("uplink", view::health);
    foundation.console().add(view.section());
    DecisionsView decisions = new DecisionsView(recent);
    foundation.console().add(decisions.section());
    foundation.page("/decisions", decisions::all);
    foundation.telemetry().gauges("brink_link_state", "State of the uplink", view::states);
    foundation.console().add(new OutboxView(jobs).section());
    ObjectivesView objectivesView = new ObjectivesView(objectives);
    foundation.console().add(objectivesView.section());
    objectivesView.measure(foundation.telemetry());
    OutboxMeters.register(jobs, foundation.telemetry());
  }

  @Override
  public int httpPort() {
    return frontDoor.httpPort();
  }

  @Override
  public OptionalInt grpcPort() {
    return frontDoor.grpcPort();
  }

  @Override
  public int managementPort() {
    return frontDoor.managementPort();
  }

  @Override
  public Future<Void> stop() {
    return frontDoor
        .drain()
        .eventually(jobs::close)
        .eventually(learning::close)
        .eventually(uplink::close)
        .eventually(frontDoor::close)
        .eventually(foundation::close);
  }
}
