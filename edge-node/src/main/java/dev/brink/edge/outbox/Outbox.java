package dev.brink.edge.outbox;

import dev.brink.edge.outbox.store.JobStore;
import dev.brink.edge.outbox.store.NewJob;
import dev.brink.inference.Deferral;
import dev.brink.inference.InferenceException;
import dev.brink.inference.InferenceRequest;
import dev.brink.inference.InferenceResult;
import dev.brink.inference.InferenceService;
import dev.brink.inference.RequestContext;
import dev.brink.inference.RequestFingerprint;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Takes requests to be answered later: what it has answered with a job is on disk. */
public final class Outbox implements InferenceService, AutoCloseable {

  /** Room for names, parameters and shapes beside the tensors. */
  private static final int ENVELOPE_BYTES = 1024;

  private final JobStore store;
  private final OutboxSettings settings;
  private final CallbackPolicy callbacks;
  private final Supplier<String> ids;

  Outbox(JobStore store, OutboxSettings settings, Supplier<String> ids) {
    this.store = store;
    this.settings = settings;
    this.callbacks = new CallbackPolicy(settings.callback().allow());
    this.ids = ids;
  }

  /**
   * Returns at once; the file is opened and checked in the background. Where it cannot be used,
   * every request fails with storage full until it can.
   */
  public static Outbox open(OutboxSettings settings, InstantSource wall, Ticker ticker) {
    JobStore store = JobStore.open(settings.store(), wall, ticker);
    return new Outbox(store, settings, new JobIds(wall));
  }

  @Override
  public Future<InferenceResult> infer(InferenceRequest request) {
    return enqueue(request).map(deferral -> deferral);
  }

  /**
   * Accepts {@code request} durably. The same idempotency key with the same request names the same
   * job.
   *
   * @return fails with conflict where the key was used for another request, with storage full where
   *     there is no room, with overloaded where the disk is too slow for what comes
   */
  public Future<Deferral> enqueue(InferenceRequest request) {
    try {
      return store
          .accept(toJob(request))
          .map(accepted -> new Deferral(accepted.id(), accepted.expiresAt()));
    } catch (InferenceException refused) {
      return Future.failedFuture(refused);
    }
  }

  private NewJob toJob(InferenceRequest request) {
    JobOptions options = JobOptions.of(request, settings.maxAge(), callbacks);
    RequestContext context = request.context();
    return new NewJob(
        ids.get(),
        context.tenant(),
        context.idempotencyKey(),
        () -> RequestFingerprint.of(request),
        request.modelName(),
        request.modelVersion(),
        context.priority(),
        context.traceparent(),
        options.callback(),
        options.maxAge(),
        () -> JobCodec.toBytes(JobOptions.strip(request)),
        request.inputBytes() + ENVELOPE_BYTES);
  }

  public JobStore store() {
    return store;
  }

  /** Writes what waits and closes the file; blocks for 10 s at most. */
  @Override
  public void close() throws IOException {
    store.close();
  }
}
