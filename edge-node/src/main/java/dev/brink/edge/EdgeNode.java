package dev.brink.edge;

import dev.brink.edge.gateway.EdgeGateway;
import dev.brink.edge.uplink.Uplink;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceService;
import dev.brink.inference.Route;
import dev.brink.node.Foundation;
import dev.brink.node.FrontDoor;
import dev.brink.node.RunningNode;
import dev.brink.resilience.Ticker;
import dev.brink.routing.CascadeFeedback;
import dev.brink.routing.TargetPool;
import dev.brink.routing.TargetPoolSettings;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.ThreadLocalRandom;

/** An edge node, wired. */
public final class EdgeNode implements RunningNode {

  private static final InferenceService NO_OUTBOX =
      request ->
          InferenceException.failed(
              new InferenceError.Unavailable("this node has no outbox", Duration.ofSeconds(60)));

  private final Foundation foundation;
  private final FrontDoor frontDoor;
  private final Uplink uplink;

  private EdgeNode(Foundation foundation, FrontDoor frontDoor, Uplink uplink) {
    this.foundation = foundation;
    this.frontDoor = frontDoor;
    this.uplink = uplink;
  }

  public static Future<EdgeNode> start(EdgeConfig config) {
    Ticker ticker = Ticker.system();
    Foundation foundation =
        Foundation.lay(config.node().id(), Route.EDGE, config.models(), config.log(), config);
    Uplink uplink =
        Uplink.of(
            config.node().id(),
            config.uplink(),
            config.cluster(),
            new TargetPool(
                TargetPoolSettings.standard(),
                ticker,
                () -> ThreadLocalRandom.current().nextLong()),
            foundation.vertx(),
            ticker);
    EdgeGateway gateway =
        new EdgeGateway(
            new NodeDecider(foundation.models(), uplink, ticker),
            foundation.models().inference(),
            uplink,
            NO_OUTBOX,
            CascadeFeedback.NONE);
    return foundation
        .models()
        .start()
        .compose(
            loaded ->
                FrontDoor.open(
                    foundation,
                    config.http(),
                    config.management(),
                    gateway,
                    Optional.empty(),
                    router -> {}))
        .map(frontDoor -> new EdgeNode(foundation, frontDoor, uplink))
        .onSuccess(node -> uplink.start());
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
        .eventually(uplink::close)
        .eventually(frontDoor::close)
        .eventually(foundation::close);
  }
}
