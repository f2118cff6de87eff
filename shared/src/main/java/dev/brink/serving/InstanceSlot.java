package dev.brink.serving;

import ai.onnxruntime.OrtException;
import dev.brink.model.ExecutionProvider;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place of one instance. A run that fails on an accelerator is repeated once on the CPU. Where
 * it fails there, too, the requests are to blame; where it does not, the instance is built anew
 * when they have been answered. One that keeps failing is given up, and stays on the CPU.
 */
final class InstanceSlot implements AutoCloseable {

  /** Opens the same model again; blocks for as long as that takes. */
  interface Opener {
    Executable open(ExecutionProvider provider) throws ModelLoadException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(InstanceSlot.class);
  private static final int MAX_REBUILDS = 3;

  /** So many runs in a row without a failure, and those before are forgotten. */
  static final int FORGIVING_RUNS = 1000;

  private static final long IDLE = Long.MIN_VALUE;

  private final String model;
  private final DeviceSession device;
  private volatile BuiltInstance current;
  private volatile BuiltInstance running;
  private BuiltInstance onCpu;
  private boolean broken;
  private int failures;
  private int runsSinceFailure;
  private boolean othersWait;
  private volatile long busyNanos;
  private volatile long busySince = IDLE;

  InstanceSlot(String model, DeviceSession device) throws OrtException {
    this.model = model;
    this.device = device;
    this.current = built(device.use());
    this.running = current;
  }

  private BuiltInstance built(Executable shared) throws OrtException {
    try {
      return BuiltInstance.on(shared);
    } catch (OrtException refused) {
      device.leave(shared);
      throw refused;
    }
  }

  /**
   * @throws OrtException where the model failed, on the CPU too, or the run was ended
   */
  InstanceRun run(List<PendingRequest> requests) throws OrtException {
    running = current;
    try {
      InstanceRun run = running.instance().run(requests, othersWait);
      forgive();
      return run;
    } catch (OrtException failure) {
      boolean requestsFault = failure.getCode() == OrtException.OrtErrorCode.ORT_INVALID_ARGUMENT;
      if (provider() == ExecutionProvider.CPU || requestsFault || wasTerminated()) {
        throw failure;
      }
      return repeatOnCpu(requests, failure);
    }
  }

  private void forgive() {
    if (failures > 0 && ++runsSinceFailure >= FORGIVING_RUNS) {
      failures = 0;
    }
  }

  private InstanceRun repeatOnCpu(List<PendingRequest> requests, OrtException failure)
      throws OrtException {
    running = spare(failure);
    InstanceRun run = running.instance().run(requests);
    broken = true;
    LOG.warn(
        "run failed on accelerator, repeated on cpu model={} device={} error={}",
        model,
        current.model().placement().word(),
        OrtMessages.plain(failure));
    return run;
  }

  private BuiltInstance spare(OrtException failure) throws OrtException {
    if (onCpu == null) {
      try {
        onCpu = BuiltInstance.of(device.opener().open(ExecutionProvider.CPU));
      } catch (ModelLoadException refused) {
        failure.addSuppressed(refused);
        throw failure;
      }
    }
    return onCpu;
  }

  /** Whether there is something to {@link #mend}. */
  boolean isBroken() {
    return broken || isOutdated();
  }

  /** Whether another instance has had the session replaced that this one uses. */
  private boolean isOutdated() {
    return current.shares() && device.hasReplaced(current.model());
  }

  /** Puts right what the last run broke; by the worker that has the instance. */
  void mend() {
    if (broken) {
      broken = false;
      runsSinceFailure = 0;
      repair();
    } else if (isOutdated()) {
      adopt();
    }
    running = current;
  }

  private void repair() {
    BuiltInstance gone = current;
    gone.close();
    if (++failures > MAX_REBUILDS) {
      device.leave(gone.model());
      giveUp();
    } else if (rebuild(gone.model())) {
      onCpu.close();
    } else {
      giveUp();
    }
    onCpu = null;
  }

  private void giveUp() {
    current = onCpu;
    LOG.warn("accelerator given up model={} provider={}", model, device.provider().word());
  }

  private boolean rebuild(Executable gone) {
    try {
      current = built(device.inPlaceOf(gone));
      LOG.info("instance rebuilt model={} device={}", model, current.model().placement().word());
      return true;
    } catch (ModelLoadException | OrtException refused) {
      LOG.warn("instance not rebuilt model={} error={}", model, refused.getMessage());
      return false;
    }
  }

  /** Goes over to the session that another instance has had opened. */
  private void adopt() {
    BuiltInstance old = current;
    try {
      current = built(device.use());
      old.close();
      device.leave(old.model());
    } catch (OrtException refused) {
      LOG.warn("instance not rebuilt model={} error={}", model, refused.getMessage());
    }
  }

  /**
   * A run begins; called by the worker that has the instance, as {@link #end} is.
   *
   * @param more whether others wait to be run
   */
  void begin(long nowNanos, boolean more) {
    othersWait = more;
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

  Placement placement() {
    return current.model().placement();
  }

  ExecutionProvider provider() {
    return placement().provider();
  }

  boolean wasTerminated() {
    return running.instance().wasTerminated();
  }

  void endIfUnwanted(long nowNanos) {
    running.instance().endIfUnwanted(nowNanos);
  }

  long memoryBytes() {
    return current.instance().memoryBytes();
  }

  @Override
  public void close() {
    current.close();
    if (current.shares()) {
      device.leave(current.model());
    }
    if (onCpu != null) {
      onCpu.close();
    }
  }
}
