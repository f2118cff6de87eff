package dev.brink.serving;

import ai.onnxruntime.OrtException;
import dev.brink.model.ExecutionProvider;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place of one instance. Where a run fails on an accelerator it is repeated once on the CPU,
 * and the instance is built anew; after some failures the instance stays on the CPU.
 */
final class InstanceSlot implements AutoCloseable {

  /** Opens the same model again; blocks for as long as that takes. */
  interface Opener {
    Executable open(ExecutionProvider provider) throws ModelLoadException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(InstanceSlot.class);
  private static final int MAX_REBUILDS = 3;
  private static final long IDLE = Long.MIN_VALUE;

  private final String model;
  private final Opener opener;
  private final ExecutionProvider preferred;
  private volatile ModelInstance instance;
  private volatile ExecutionProvider provider;
  private Executable own;
  private int failures;
  private volatile long busyNanos;
  private volatile long busySince = IDLE;

  InstanceSlot(String model, Executable shared, Opener opener) throws OrtException {
    this.model = model;
    this.opener = opener;
    this.preferred = shared.provider();
    this.provider = preferred;
    this.instance = new ModelInstance(shared);
  }

  /**
   * @throws OrtException where the model failed, on the CPU too, or the run was ended
   */
  InstanceRun run(List<PendingRequest> requests) throws OrtException {
    try {
      return instance.run(requests);
    } catch (OrtException failure) {
      boolean requestsFault = failure.getCode() == OrtException.OrtErrorCode.ORT_INVALID_ARGUMENT;
      if (provider == ExecutionProvider.CPU || requestsFault || instance.wasTerminated()) {
        throw failure;
      }
      return recover(requests, failure);
    }
  }

  private InstanceRun recover(List<PendingRequest> requests, OrtException failure)
      throws OrtException {
    LOG.warn(
        "run failed on accelerator model={} provider={} error={}",
        model,
        provider.word(),
        OrtMessages.plain(failure));
    if (!replace(ExecutionProvider.CPU)) {
      throw failure;
    }
    InstanceRun run = instance.run(requests);
    if (++failures <= MAX_REBUILDS && replace(preferred)) {
      LOG.info("instance rebuilt model={} provider={}", model, preferred.word());
    }
    return run;
  }

  /** Goes on with a session of its own on {@code other}; false where there is none to be had. */
  private boolean replace(ExecutionProvider other) throws OrtException {
    Executable replacement;
    try {
      replacement = opener.open(other);
    } catch (ModelLoadException refused) {
      LOG.warn("instance not rebuilt model={} error={}", model, refused.getMessage());
      return false;
    }
    close();
    own = replacement;
    instance = new ModelInstance(replacement);
    provider = other;
    return true;
  }

  /** A run begins; called by the instance's own thread, as {@link #end} is. */
  void begin(long nowNanos) {
    busySince = nowNanos;
  }

  void end(long nowNanos) {
    long since = busySince;
    busySince = IDLE;
    busyNanos = busyNanos + nowNanos - since;
  }

  /** Nanoseconds spent in runs so far; from any thread, and exact to a run. */
  long busyNanos(long nowNanos) {
    long since = busySince;
    return busyNanos + (since == IDLE ? 0 : Math.max(0, nowNanos - since));
  }

  ExecutionProvider provider() {
    return provider;
  }

  boolean wasTerminated() {
    return instance.wasTerminated();
  }

  void endIfUnwanted(long nowNanos) {
    instance.endIfUnwanted(nowNanos);
  }

  long memoryBytes() {
    return instance.memoryBytes();
  }

  @Override
  public void close() {
    instance.close();
    if (own != null) {
      own.close();
      own = null;
    }
  }
}
