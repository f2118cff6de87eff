package dev.brink.edge.uplink;

import dev.brink.config.UplinkSection;
import dev.brink.config.UplinkTarget;
import dev.brink.dispatch.Timers;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.RequestContext;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.oip.wire.WireRequests;
import dev.brink.oip.wire.WireResponses;
import dev.brink.resilience.Ticker;
import dev.brink.routing.TargetPool;
import dev.brink.security.Tls;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.grpc.common.GrpcMessage;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Over connections that this node dials, to any server of the Open Inference Protocol over gRPC:
 * for sites behind NAT and for networks that are not trusted. Targets of the lowest priority number
 * are used while one of them is healthy.
 */
final class GrpcConnection implements Connection {

  private final String nodeId;
  private final LinkWatch watch;
  private final Packing packing;
  private final Map<String, GrpcTarget> targets = new LinkedHashMap<>();

  GrpcConnection(
      String nodeId,
      UplinkSection section,
      Tls tls,
      TargetPool pool,
      LinkWatch watch,
      Vertx vertx,
      Ticker ticker) {
    this.nodeId = nodeId;
    this.watch = watch;
    this.packing = new Packing(vertx, section.compression());
    for (UplinkTarget target : section.targets()) {
      targets.put(
          target.address(),
          new GrpcTarget(
              new GrpcChannel(vertx, target, tls),
              pool.add(target.address(), target.weight()),
              metadata(),
              Timers.of(vertx),
              ticker,
              this));
    }
    tls.onReload(this::renew);
  }

  private Future<Void> renew() {
    targets.values().forEach(target -> target.channel().renewGently());
    return Future.succeededFuture();
  }

  @Override
  public void start() {
    targets.values().forEach(GrpcTarget::probe);
  }

  @Override
  public Future<InferenceResponse> infer(String name, InferenceRequest request, Duration timeout) {
    GrpcTarget target = targets.get(name);
    ModelInferRequest message = WireRequests.toMessage(request);
    return packing
        .pack(request.modelName(), message)
        .compose(packed -> send(target.channel(), message, packed, request.context(), timeout))
        .onSuccess(target::heard)
        .onFailure(failure -> suspect(target, failure, request))
        .map(reply -> WireResponses.toResponse(reply.message()));
  }

  private Future<GrpcReply<ModelInferResponse>> send(
      GrpcChannel channel,
      ModelInferRequest message,
      Optional<GrpcMessage> packed,
      RequestContext context,
      Duration timeout) {
    return channel.infer(message, packed, metadata(context), context.cancellation(), timeout);
  }

  private static void suspect(GrpcTarget target, Throwable failure, InferenceRequest request) {
    if (!(failure instanceof InferenceException)
        && !request.context().cancellation().isCancelled()) {
      target.suspect();
    }
  }

  @Override
  public String obstacle() {
    return "";
  }

  @Override
  public Future<Void> close() {
    targets.values().forEach(GrpcTarget::close);
    return Future.succeededFuture();
  }

  /**
   * Takes the targets of the best priority that has a healthy one, and no other. One whose calls
   * fail is the pool's to leave alone: it keeps its sequences.
   */
  synchronized void arrange() {
    int best =
        targets.values().stream()
            .filter(GrpcTarget::isHealthy)
            .mapToInt(GrpcTarget::priority)
            .min()
            .orElse(Integer.MAX_VALUE);
    targets.values().forEach(target -> target.admit(target.answers() && target.priority() == best));
  }

  void probed(boolean answered) {
    if (answered) {
      watch.answered();
    } else {
      watch.unanswered();
    }
  }

  private MultiMap metadata() {
    return MultiMap.caseInsensitiveMultiMap().add("brink-node", nodeId);
  }

  private MultiMap metadata(RequestContext context) {
    MultiMap metadata = metadata();
    add(metadata, "traceparent", context.traceparent());
    add(metadata, "idempotency-key", context.idempotencyKey());
    add(metadata, "brink-tenant", context.tenant());
    return metadata;
  }

  private static void add(MultiMap metadata, String name, String value) {
    if (!value.isEmpty()) {
      metadata.add(name, value);
    }
  }
}
