package dev.brink.serving;

import dev.brink.inference.InferenceError;
import dev.brink.resilience.Ticker;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Where requests for one version of a model meet its instances. An idle instance runs what is there
 * at once; while all are busy requests gather.
 */
final class Batcher {

  private final String model;
  private final BatchQueue queue;
  private final Ticker ticker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrival = lock.newCondition();
  private final boolean gathers;
  private int instances;
  private int idle;
  private boolean wakePending;
  private boolean closed;

  /**
   * @param gathers whether it is worth letting an event loop finish its round before an instance is
   *     woken: where runs are shared, or where the loop and the instance share a core
   */
  Batcher(String model, BatchQueue queue, boolean gathers, Ticker ticker) {
    this.model = model;
    this.gathers = gathers;
    this.queue = queue;
    this.ticker = ticker;
  }

  void instances(int count) {
    lock.lock();
    instances = count;
    lock.unlock();
  }

  /** Lets {@code pending} wait for an instance, or refuses it at once; false when closed. */
  boolean submit(PendingRequest pending) {
    Optional<PendingRequest> refused;
    InferenceError refusal = null;
    List<PendingRequest> expired;
    lock.lock();
    try {
      if (closed) {
        return false;
      }
      refused = queue.offer(pending, instances, ticker.nanos());
      if (refused.isPresent()) {
        refusal = queue.full(model, instances);
      }
      expired = queue.takeExpired();
      wakeSoon();
    } finally {
      lock.unlock();
    }
    if (refused.isPresent()) {
      refused.get().fail(refusal);
    }
    tellExpired(expired);
    return true;
  }

  /**
   * Wakes an idle instance; where an event loop is submitting, after what else it has read: those
   * requests can still join the run, and the loop is not interrupted at each of them.
   */
  private void wakeSoon() {
    if (idle == 0 || wakePending) {
      return;
    }
    Context submitter = gathers ? Vertx.currentContext() : null;
    if (submitter == null || !submitter.isEventLoopContext()) {
      arrival.signal();
      return;
    }
    wakePending = true;
    submitter.runOnContext(ignored -> wake());
  }

  private void wake() {
    lock.lock();
    try {
      wakePending = false;
      int wanted = Math.min(idle, queue.runs());
      for (int i = 0; i < wanted; i++) {
        arrival.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The next run where it can begin at once; empty otherwise. */
  List<PendingRequest> poll() {
    List<PendingRequest> run;
    List<PendingRequest> expired;
    lock.lock();
    try {
      long now = ticker.nanos();
      run = queue.gatherNanos(now) > 0 ? List.of() : queue.poll(now);
      expired = queue.takeExpired();
    } finally {
      lock.unlock();
    }
    tellExpired(expired);
    return run;
  }

  /** Waits for the next run; empty when there will be none any more. */
  List<PendingRequest> take() throws InterruptedException {
    while (true) {
      List<PendingRequest> run;
      List<PendingRequest> expired;
      lock.lockInterruptibly();
      try {
        awaitWork();
        run = queue.poll(ticker.nanos());
        expired = queue.takeExpired();
        if (run.isEmpty() && closed) {
          return List.of();
        }
      } finally {
        lock.unlock();
      }
      tellExpired(expired);
      if (!run.isEmpty()) {
        return run;
      }
    }
  }

  private void awaitWork() throws InterruptedException {
    while (!closed) {
      if (queue.size() == 0) {
        idle++;
        try {
          arrival.await();
        } finally {
          idle--;
        }
        continue;
      }
      long gather = queue.gatherNanos(ticker.nanos());
      if (gather <= 0) {
        return;
      }
      if (arrival.awaitNanos(gather) <= 0) {
        return;
      }
    }
  }

  /** Takes {@code pending} out because its caller has gone. */
  void remove(PendingRequest pending) {
    lock.lock();
    try {
      queue.remove(pending);
    } finally {
      lock.unlock();
    }
  }

  /** Fails what can no longer be answered in time; called now and then. */
  void sweep() {
    List<PendingRequest> expired;
    lock.lock();
    try {
      queue.removeGone(ticker.nanos());
      expired = queue.takeExpired();
      if (idle > 0 && queue.size() > 0) {
        arrival.signal();
      }
    } finally {
      lock.unlock();
    }
    tellExpired(expired);
  }

  /** Why one that has not been read yet would be refused; empty where it may well not be. */
  Optional<InferenceError> refusal() {
    lock.lock();
    try {
      return !closed && queue.wouldRefuse(instances, ticker.nanos())
          ? Optional.of(queue.full(model, instances))
          : Optional.empty();
    } finally {
      lock.unlock();
    }
  }

  /** Expected nanoseconds until one of {@code priority} that comes now begins to run. */
  long waitNanos(int priority) {
    lock.lock();
    try {
      return queue.waitNanos(priority, instances);
    } finally {
      lock.unlock();
    }
  }

  int waiting() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  /** Takes nothing new; what waits is still run. */
  void close() {
    lock.lock();
    try {
      closed = true;
      arrival.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static void tellExpired(List<PendingRequest> expired) {
    for (PendingRequest pending : expired) {
      pending.fail(new InferenceError.DeadlineExceeded("deadline passed while waiting in queue"));
    }
  }
}
