package dev.brink.serving;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One of the threads that run models, with the answers it has not sent yet. */
final class Worker {

  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final long NOT_RUNNING = Long.MAX_VALUE;

  private final Workers workers;
  private final Thread thread;
  private final boolean isSpare;
  private final HandOver handOver = new HandOver();
  private volatile long runSinceNanos = NOT_RUNNING;
  private volatile boolean relieved;
  private volatile boolean awake = true;

  /**
   * @param isSpare whether it ends when it has not been needed for a while
   */
  Worker(Workers workers, String name, boolean isSpare) {
    this.workers = workers;
    this.isSpare = isSpare;
    this.thread = new Thread(this::work, name);
    this.thread.setDaemon(true);
  }

  Thread thread() {
    return thread;
  }

  private void work() {
    boolean goesOn = true;
    while (goesOn) {
      try {
        Workers.Task task = workers.next(this);
        goesOn = task != null;
        if (goesOn) {
          task.run(this);
        }
      } catch (RuntimeException | Error unexpected) {
        LOG.error("a worker failed, and goes on", unexpected);
      }
    }
  }

  boolean isSpare() {
    return isSpare;
  }

  HandOver handOver() {
    return handOver;
  }

  /**
   * A run begins. What would wait for its end too long is sent before.
   *
   * @param expectedNanos how long it is likely to take
   * @param isLong whether the others should do without this worker until it ends
   */
  void beginRun(long nowNanos, long expectedNanos, boolean isLong) {
    if (handOver.isDueBefore(nowNanos + expectedNanos)) {
      handOver.send();
    }
    if (isLong) {
      workers.relieve(this);
    }
    runSinceNanos = nowNanos;
  }

  void endRun() {
    runSinceNanos = NOT_RUNNING;
    if (relieved) {
      workers.rejoin(this);
    }
  }

  /** Whether something waits that no other worker has taken. */
  boolean isWantedElsewhere(long nowNanos) {
    return workers.isAnythingWaiting(nowNanos);
  }

  boolean isRunningLongerThan(long nanos, long nowNanos) {
    long since = runSinceNanos;
    return since != NOT_RUNNING && nowNanos - since > nanos;
  }

  boolean isRelieved() {
    return relieved;
  }

  void relieved(boolean isRelieved) {
    relieved = isRelieved;
  }

  boolean isAwake() {
    return awake;
  }

  void awake(boolean isAwake) {
    awake = isAwake;
  }
}
