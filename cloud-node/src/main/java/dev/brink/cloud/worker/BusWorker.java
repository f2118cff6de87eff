package dev.brink.cloud.worker;

import dev.brink.cluster.BusProtocol;
import dev.brink.cluster.BusReplies;
import dev.brink.cluster.CallHeaders;
import dev.brink.cluster.ClusterListener;
import dev.brink.cluster.ClusterSession;
import dev.brink.cluster.NodeStatus;
import dev.brink.inference.Cancellation;
import dev.brink.inference.Deferral;
import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResponse;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.LoadReport;
import dev.brink.inference.Provenance;
import dev.brink.inference.Route;
import dev.brink.inference.Timings;
import dev.brink.oip.proto.ModelInferRequest;
import dev.brink.oip.wire.WireRequests;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Answers what arrives at this node's addresses: requests, pings, and word that nobody waits for a
 * request any more.
 */
public final class BusWorker implements ClusterListener {

  /** Longer than it takes every sender to hear that this node accepts no more. */
  private static final long LAST_CALLS_MILLIS = 500;

  private final String nodeId;
  private final InferenceService service;
  private final Supplier<NodeStatus> status;
  private final Supplier<LoadReport> load;
  private final Admission admission;
  private final Ticker ticker;
  private final Map<String, Cancellation> calls = new ConcurrentHashMap<>();

  /**
   * @param status what this node says of itself when it is pinged
   * @param load what it says with every answer; the credits in it are replaced by what is granted
   * @param admission the limits that {@code service} is within
   */
  public BusWorker(
      String nodeId,
      InferenceService service,
      Supplier<NodeStatus> status,
      Supplier<LoadReport> load,
      Admission admission,
      Ticker ticker) {
    this.nodeId = nodeId;
    this.service = service;
    this.status = status;
    this.load = load;
    this.admission = admission;
    this.ticker = ticker;
  }

  @Override
  public void joined(ClusterSession session) {
    EventBus bus = session.vertx().eventBus();
    bus.consumer(BusProtocol.inferAddress(nodeId), this::accept);
    bus.consumer(
        BusProtocol.pingAddress(nodeId), (Message<String> ping) -> ping.reply(status(ping.body())));
    bus.consumer(BusProtocol.cancelAddress(nodeId), (Message<String> call) -> cancel(call.body()));
  }

  @Override
  public void left(ClusterSession session) {
    calls.values().forEach(Cancellation::cancel);
  }

  /** Completes when what came over the bus is answered, or after {@code limit}. */
  public Future<Void> drain(Vertx vertx, Duration limit) {
    long end = ticker.nanos() + limit.toNanos();
    return vertx.timer(LAST_CALLS_MILLIS, TimeUnit.MILLISECONDS).compose(w -> idle(vertx, end));
  }

  private Future<Void> idle(Vertx vertx, long end) {
    return calls.isEmpty() || ticker.nanos() - end >= 0
        ? Future.succeededFuture()
        : vertx.timer(50, TimeUnit.MILLISECONDS).compose(waited -> idle(vertx, end));
  }

  private void accept(Message<ModelInferRequest> message) {
    long started = ticker.nanos();
    Cancellation cancellation = new Cancellation();
    InferenceRequest request;
    try {
      request =
          WireRequests.toRequest(
              message.body(), CallHeaders.context(message.headers(), cancellation, started));
    } catch (InferenceException invalid) {
      BusReplies.fail(message, invalid.error(), load(message));
      return;
    } catch (IllegalArgumentException malformed) {
      BusReplies.fail(
          message, new InferenceError.InvalidRequest(malformed.getMessage()), load(message));
      return;
    }
    serve(message, request, started);
  }

  private void serve(Message<?> message, InferenceRequest request, long started) {
    admission.sent(CallHeaders.sender(message.headers()));
    String call = CallHeaders.call(message.headers());
    calls.put(call, request.context().cancellation());
    run(request)
        .onComplete(
            (response, failure) -> {
              calls.remove(call);
              reply(message, response, failure, started);
            });
  }

  private Future<InferenceResponse> run(InferenceRequest request) {
    return service.infer(request).compose(BusWorker::requireResponse);
  }

  /** Nobody asks a cloud node for a promise: the edge keeps what must be done later. */
  private static Future<InferenceResponse> requireResponse(InferenceResult result) {
    return switch (result) {
      case InferenceResponse response -> Future.succeededFuture(response);
      case Deferral deferral ->
          InferenceException.failed(new InferenceError.Internal("a worker cannot defer"));
    };
  }

  private void reply(
      Message<?> message, InferenceResponse response, Throwable failure, long started) {
    if (failure != null) {
      BusReplies.fail(message, InferenceException.errorOf(failure), load(message));
    } else {
      BusReplies.answer(message, timed(response, ticker.nanos() - started), load(message));
    }
  }

  private InferenceResponse timed(InferenceResponse response, long cloudNanos) {
    Provenance local = response.provenance();
    Timings timings = new Timings(local.timings().queue(), 0, 0, cloudNanos);
    return response.withProvenance(
        Provenance.local(Route.CLOUD, local.node().isEmpty() ? nodeId : local.node(), timings));
  }

  private void cancel(String call) {
    Cancellation cancellation = calls.get(call);
    if (cancellation != null) {
      cancellation.cancel();
    }
  }

  private NodeStatus status(String sender) {
    NodeStatus current = status.get();
    return new NodeStatus(
        current.accepting(), current.models(), admission.grant(sender, current.load()));
  }

  private LoadReport load(Message<?> message) {
    return admission.grant(CallHeaders.sender(message.headers()), load.get());
  }
}
