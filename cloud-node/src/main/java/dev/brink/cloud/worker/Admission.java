package dev.brink.cloud.worker;

import dev.brink.inference.InferenceError;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.LoadReport;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Counts what is in flight on this node, in requests and in bytes and whatever way it came, and
 * refuses at once what would exceed the limits. Requests that are more important than most may
 * exceed their number by an eighth: the model's queue then makes way for them. Senders are granted
 * equal parts of the limits, and those that keep to their part are never refused for long.
 * Thread-safe.
 */
public final class Admission {

  private static final Duration RETRY_AFTER = Duration.ofMillis(100);
  private static final long ACTIVE_NANOS = Duration.ofSeconds(1).toNanos();

  /** 1 is the most important; models have 5 where neither request nor model says otherwise. */
  private static final int LEAST_IMPORTANT = 4;

  private static final int IMPORTANT_SHARE = 8;

  /** With so many, nobody is granted more than one request anyway. */
  private static final int MOST_SENDERS = 4096;

  private final String nodeId;
  private final WorkerLimits limits;
  private final Ticker ticker;

  /** When each sender last sent a request, the longest silent first. */
  private final Map<String, Long> senders = new LinkedHashMap<>(16, 0.75f, true);

  private int requests;
  private long bytes;

  public Admission(String nodeId, WorkerLimits limits, Ticker ticker) {
    this.nodeId = nodeId;
    this.limits = limits;
    this.ticker = ticker;
  }

  /** {@code service} within the limits. */
  public InferenceService before(InferenceService service) {
    return new InferenceService() {
      @Override
      public Future<InferenceResult> infer(InferenceRequest request) {
        long size = request.inputBytes();
        return tryEnter(size, request.context().priority())
            ? answer(service, request).onComplete((result, failure) -> leave(size))
            : InferenceException.failed(Admission.this.refusal(request.modelName()));
      }

      @Override
      public Optional<InferenceError> refusal(String model, String version) {
        return isFull()
            ? Optional.of(Admission.this.refusal(model))
            : service.refusal(model, version);
      }
    };
  }

  /** What is thrown must not keep its place for ever. */
  private static Future<InferenceResult> answer(
      InferenceService service, InferenceRequest request) {
    try {
      return service.infer(request);
    } catch (RuntimeException thrown) {
      return Future.failedFuture(thrown);
    }
  }

  InferenceError refusal(String model) {
    return new InferenceError.Overloaded(
        "cloud node '%s' is full: model '%s'".formatted(nodeId, model), RETRY_AFTER);
  }

  /** Whether there is no room even for what is important. */
  private synchronized boolean isFull() {
    return requests >= mostRequests(1);
  }

  private int mostRequests(int priority) {
    boolean important = priority >= 1 && priority <= LEAST_IMPORTANT;
    return limits.maxRequests() + (important ? limits.maxRequests() / IMPORTANT_SHARE : 0);
  }

  /** A request larger than all of the limit is let in when it is alone. */
  private synchronized boolean tryEnter(long size, int priority) {
    if (requests >= mostRequests(priority) || (requests > 0 && bytes + size > limits.maxBytes())) {
      return false;
    }
    requests++;
    bytes += size;
    return true;
  }

  private synchronized void leave(long size) {
    requests--;
    bytes -= size;
  }

  /** A request came from {@code sender}. */
  synchronized void sent(String sender) {
    if (senders.size() < MOST_SENDERS || senders.containsKey(sender)) {
      senders.put(sender, ticker.nanos());
    }
  }

  synchronized int senders() {
    return senders.size();
  }

  /** {@code load} with what {@code sender} may have in flight here in all. */
  synchronized LoadReport grant(String sender, LoadReport load) {
    forgetTheSilent();
    int active = senders.size() + (senders.containsKey(sender) ? 0 : 1);
    return new LoadReport(
        load.inFlight(),
        load.queued(),
        load.utilisation(),
        load.serviceNanos(),
        Math.max(1, limits.maxRequests() / active),
        limits.maxBytes() / active);
  }

  private void forgetTheSilent() {
    long oldest = ticker.nanos() - ACTIVE_NANOS;
    Iterator<Long> times = senders.values().iterator();
    while (times.hasNext() && times.next() - oldest < 0) {
      times.remove();
    }
  }
}
