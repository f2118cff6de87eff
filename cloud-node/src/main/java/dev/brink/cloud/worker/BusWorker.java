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
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Answers what arrives at this node's addresses: requests, pings, and word that nobody waits for a
 * request any more.
 */
public final class BusWorker implements ClusterListener {

  /** Longer than it takes every sender to hear that this node accepts no more. */
  private static final long LAST_CALLS_MILLIS = 500;

  private static final Duration FINISH_BEFORE_LEAVING = Duration.ofSeconds(2);
  private static final Duration AWAY = Duration.ofSeconds(1);

  /** For the last answers to be on their way. */
  private static final long WRITTEN_MILLIS = 100;

  private final String nodeId;
  private final InferenceService service;
  private final Supplier<NodeStatus> status;
  private final Supplier<LoadReport> load;
  private final Admission admission;
  private final Ticker ticker;
  private final Map<String, Call> calls = new ConcurrentHashMap<>();
  private volatile boolean leaving;

  /** A request under way; it is answered once, whoever does so first. */
  private record Call(Message<?> message, Cancellation cancellation, AtomicBoolean answered) {}

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
    leaving = false;
    EventBus bus = session.vertx().eventBus();
    bus.consumer(BusProtocol.inferAddress(nodeId), this::accept);
    bus.consumer(
        BusProtocol.pingAddress(nodeId), (Message<String> ping) -> ping.reply(status(ping.body())));
    bus.consumer(BusProtocol.cancelAddress(nodeId), (Message<String> call) -> cancel(call.body()));
  }

  /**
   * What is under way is finished, and what is not done by then is given back, as is what comes
   * meanwhile: another node may do it.
   */
  @Override
  public Future<Void> leaving(ClusterSession session) {
    leaving = true;
    Vertx bus = session.vertx();
    long end = ticker.nanos() + FINISH_BEFORE_LEAVING.toNanos();
    return idle(bus, end)
        .onSuccess(over -> calls.values().forEach(this::giveBack))
        .compose(told -> bus.timer(WRITTEN_MILLIS, TimeUnit.MILLISECONDS))
        .mapEmpty();
  }

  @Override
  public void left(ClusterSession session) {
    calls.values().forEach(call -> call.cancellation().cancel());
  }

  private void giveBack(Call call) {
    if (call.answered().compareAndSet(false, true)) {
      BusReplies.fail(call.message(), goingAway(), load(call.message()));
    }
    call.cancellation().cancel();
  }

  private InferenceError goingAway() {
    return new InferenceError.Unavailable(
        "cloud node '%s' is leaving the cluster".formatted(nodeId), AWAY);
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
    if (leaving) {
      BusReplies.fail(message, goingAway(), load(message));
      return;
    }
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
    String name = CallHeaders.call(message.headers());
    Call call = new Call(message, request.context().cancellation(), new AtomicBoolean());
    calls.put(name, call);
    run(request)
        .onComplete(
            (response, failure) -> {
              if (call.answered().compareAndSet(false, true)) {
                reply(message, response, failure, started);
              }
              calls.remove(name);
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
    Call underWay = calls.get(call);
    if (underWay != null) {
      underWay.cancellation().cancel();
    }
  }

  private NodeStatus status(String sender) {
    NodeStatus current = status.get();
    return new NodeStatus(
        current.accepting() && !leaving, current.models(), admission.grant(sender, current.load()));
  }

  private LoadReport load(Message<?> message) {
    return admission.grant(CallHeaders.sender(message.headers()), load.get());
  }
}
