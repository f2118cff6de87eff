package dev.brink.edge;

import dev.brink.cluster.ClusterLink;
import dev.brink.cluster.ClusterRole;
import dev.brink.cluster.ClusterSettings;
import dev.brink.cluster.Peers;
import dev.brink.config.ClusterSection;
import dev.brink.config.UplinkMode;
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
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** An edge node, wired. */
public final class EdgeNode implements RunningNode {

  private static final InferenceService NO_CLOUD =
      request ->
          InferenceException.failed(
              new InferenceError.Unavailable("this node has no uplink", Duration.ofSeconds(60)));

  private final Foundation foundation;
  private final FrontDoor frontDoor;
  private final Optional<ClusterLink> cluster;

  private EdgeNode(Foundation foundation, FrontDoor frontDoor, Optional<ClusterLink> cluster) {
    this.foundation = foundation;
    this.frontDoor = frontDoor;
    this.cluster = cluster;
  }

  public static Future<EdgeNode> start(EdgeConfig config) {
    Ticker ticker = Ticker.system();
    Foundation foundation =
        Foundation.lay(config.node().id(), Route.EDGE, config.models(), config.log(), config);
    Optional<Peers> peers =
        config.uplink().mode() == UplinkMode.CLUSTER
            ? Optional.of(new Peers(config.node().id(), ticker))
            : Optional.empty();
    Optional<ClusterLink> cluster = peers.map(known -> cluster(config, known));
    InferenceService cloud =
        peers
            .<InferenceService>map(
                known -> Uplink.overCluster(known, Duration.ofSeconds(1), ticker))
            .orElse(NO_CLOUD);
    EdgeGateway gateway =
        new EdgeGateway(
            new NodeDecider(foundation.models(), peers, ticker),
            foundation.models().inference(),
            cloud,
            NO_CLOUD,
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
        .map(frontDoor -> new EdgeNode(foundation, frontDoor, cluster))
        .onSuccess(node -> node.cluster.ifPresent(ClusterLink::start));
  }

  private static ClusterLink cluster(EdgeConfig config, Peers peers) {
    ClusterSection section = config.cluster();
    return new ClusterLink(
        new ClusterSettings(
            config.node().id(),
            ClusterRole.EDGE,
            section.name(),
            section.host(),
            section.port(),
            0,
            section.members()),
        List.of(peers));
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
        .eventually(() -> cluster.map(ClusterLink::close).orElse(Future.succeededFuture()))
        .eventually(frontDoor::close)
        .eventually(foundation::close);
  }
}
