package dev.brink.cluster;

import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.oip.proto.ModelInferResponse;
import dev.brink.oip.wire.WireLoad;
import dev.brink.oip.wire.WireRequests;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Calls cloud nodes over the event bus. Thread-safe. */
public final class BusClient implements ClusterListener {

  private static final String NOT_JOINED = "not in the cluster";
  private static final String LEFT = "this node has left the cluster";
  private static final long LAST_ANSWERS_MILLIS = 1000;

  private final String nodeId;
  private final PeerListener listener;
  private final AtomicLong calls = new AtomicLong();
  private final Set<Promise<InferenceResponse>> pending = ConcurrentHashMap.newKeySet();
  private volatile Vertx vertx;

  public BusClient(String nodeId, PeerListener listener) {
    this.nodeId = nodeId;
    this.listener = listener;
  }

  @Override
  public void joined(ClusterSession session) {
    vertx = session.vertx();
  }

  /** Nothing more is sent; what has been is waited for, not for long. */
  @Override
  public Future<Void> leaving(ClusterSession session) {
    vertx = null;
    Future<?> answered = Future.join(pending.stream().map(Promise::future).toList());
    return Future.any(
            answered.otherwiseEmpty(),
            session.vertx().timer(LAST_ANSWERS_MILLIS, TimeUnit.MILLISECONDS))
        .mapEmpty();
  }

  /** What has not been answered will not be: its timers end with the bus. */
  @Override
  public void left(ClusterSession session) {
    vertx = null;
    pending.forEach(answer -> answer.tryFail(LEFT));
  }

  /**
   * Asks {@code node}, for no longer than {@code timeout}; the node is told when the request is
   * cancelled meanwhile. Fails with an {@link InferenceException} where the node said what is
   * wrong, and with anything else where it did not answer.
   */
  public Future<InferenceResponse> infer(String node, InferenceRequest request, Duration timeout) {
    Vertx bus = vertx;
    if (bus == null) {
      return Future.failedFuture(NOT_JOINED);
    }
    String call = nodeId + "#" + calls.incrementAndGet();
    DeliveryOptions options =
        new DeliveryOptions()
            .setHeaders(CallHeaders.of(call, request.context(), timeout))
            .setSendTimeout(Math.max(1, timeout.toMillis()));
    Promise<InferenceResponse> promise = Promise.promise();
    Future<InferenceResponse> answer = promise.future().onComplete(any -> pending.remove(promise));
    pending.add(promise);
    if (vertx != bus) {
      promise.tryFail(LEFT);
      return onCallersContext(answer);
    }
    send(bus, node, request, options)
        .compose(reply -> read(node, reply))
        .onComplete(promise::tryComplete, promise::tryFail);
    request.context().cancellation().onCancel(() -> cancel(bus, node, call, answer));
    return onCallersContext(answer);
  }

  /** A bus that is closed, and a request that cannot be written, say so at once. */
  private static Future<Message<ModelInferResponse>> send(
      Vertx bus, String node, InferenceRequest request, DeliveryOptions options) {
    try {
      return bus.eventBus()
          .request(BusProtocol.inferAddress(node), WireRequests.toMessage(request), options);
    } catch (RuntimeException unsent) {
      return Future.failedFuture(unsent);
    }
  }

  /** What {@code node} says of itself: the proof that it can be reached, both ways. */
  public Future<NodeStatus> ping(String node, Duration timeout) {
    Vertx bus = vertx;
    if (bus == null) {
      return Future.failedFuture(NOT_JOINED);
    }
    DeliveryOptions options = new DeliveryOptions().setSendTimeout(timeout.toMillis());
    return bus.eventBus()
        .<NodeStatus>request(BusProtocol.pingAddress(node), nodeId, options)
        .map(Message::body);
  }

  private Future<InferenceResponse> read(String node, Message<ModelInferResponse> reply) {
    WireLoad.parse(reply.headers().get(WireLoad.NAME))
        .ifPresent(load -> listener.reported(node, load));
    return BusReplies.read(reply);
  }

  private static void cancel(Vertx bus, String node, String call, Future<?> answer) {
    if (!answer.isComplete()) {
      bus.eventBus().send(BusProtocol.cancelAddress(node), call);
    }
  }

  /** The bus has a Vert.x of its own; whoever called from another goes on where it was. */
  private static <T> Future<T> onCallersContext(Future<T> future) {
    Context caller = Vertx.currentContext();
    if (caller == null) {
      return future;
    }
    Promise<T> promise = Promise.promise();
    future.onComplete(
        (result, failure) -> caller.runOnContext(back -> promise.complete(result, failure)));
    return promise.future();
  }
}
