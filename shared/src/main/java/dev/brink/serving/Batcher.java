package dev.brink.serving;

import dev.brink.inference.InferenceError;
import dev.brink.resilience.Ticker;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Where requests for one version of a model meet its instances. An idle instance runs what is there
 * at once; while all are busy requests gather.
 */
final class Batcher {

  /** Runs requests, and settles each of them. */
  interface Runner {
    void run(
        InstanceSlot instance, List<PendingRequest> requests, boolean othersWait, Worker worker);
  }

  private static final long NEVER = Long.MAX_VALUE;

  private final String model;
  private final BatchQueue queue;
  private final Workers workers;
  private final Runner runner;
  private final Ticker ticker;
  private final boolean gathers;
  private final Workers.Task turn = this::turn;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition back = lock.newCondition();
  private final Deque<InstanceSlot> idle = new ArrayDeque<>();
  private final Deque<Long> askedNanos = new ArrayDeque<>();
  private int instances;

  /** Those that instances have, and those that were asked for. */
  private int turns;

  private long gatheringUntilNanos = NEVER;

  /** The event loop that asks when it has read all there is. */
  private Thread asksSoon;

  private boolean closed;

  /**
   * @param gathers whether it is worth letting an event loop finish its round before a worker is
   *     asked for: where runs are shared, or where the loop and the worker share a core
   */
  Batcher(
      String model,
      BatchQueue queue,
      boolean gathers,
      Workers workers,
      Runner runner,
      Ticker ticker) {
    this.model = model;
    this.queue = queue;
    this.gathers = gathers;
    this.workers = workers;
    this.runner = runner;
    this.ticker = ticker;
  }

  /** Takes {@code more} into service. */
  void add(List<InstanceSlot> more) {
    lock.lock();
    try {
      idle.addAll(more);
      instances += more.size();
    } finally {
      lock.unlock();
    }
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
      askSoon();
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
   * Asks for a worker; where an event loop is submitting, after what else it has read: those
   * requests can still join the run, and the loop is not interrupted at each of them.
   */
  private void askSoon() {
    if (asksSoon == Thread.currentThread() || !isWorkerWanted()) {
      return;
    }
    Context submitter = gathers && asksSoon == null ? Vertx.currentContext() : null;
    if (submitter == null || !submitter.isEventLoopContext()) {
      ask();
      return;
    }
    asksSoon = Thread.currentThread();
    submitter.runOnContext(ignored -> askForAll());
  }

  private boolean isWorkerWanted() {
    return turns < instances && queue.size() > 0;
  }

  private void askForAll() {
    lock.lock();
    try {
      asksSoon = null;
      for (int runs = queue.runs(); runs > 0 && isWorkerWanted(); runs--) {
        ask();
      }
    } finally {
      lock.unlock();
    }
  }

  private void ask() {
    ask(workers::add);
  }

  private void ask(Consumer<Workers.Task> how) {
    if (!isWorkerWanted()) {
      return;
    }
    long now = ticker.nanos();
    long gather = closed ? 0 : queue.gatherNanos(now);
    if (gather <= 0) {
      turns++;
      askedNanos.add(now);
      how.accept(turn);
    } else if (now + gather < gatheringUntilNanos) {
      gatheringUntilNanos = now + gather;
      workers.addLater(ignored -> gathered(), gatheringUntilNanos);
    }
  }

  private void gathered() {
    lock.lock();
    try {
      gatheringUntilNanos = NEVER;
      ask();
    } finally {
      lock.unlock();
    }
  }

  /** Runs what waits on an idle instance, until nothing does or another model has its turn. */
  private void turn(Worker worker) {
    InstanceSlot instance = claim();
    try {
      boolean goesOn = runNext(instance, worker, false);
      while (goesOn && !worker.isWantedElsewhere(ticker.nanos())) {
        goesOn = runNext(instance, worker, true);
      }
    } finally {
      release(instance);
    }
  }

  private InstanceSlot claim() {
    lock.lock();
    try {
      queue.waitedForWorker(ticker.nanos() - askedNanos.remove());
      InstanceSlot instance = freest();
      idle.remove(instance);
      return instance;
    } finally {
      lock.unlock();
    }
  }

  /** The one used last, of the device that has most of its instances idle. */
  private InstanceSlot freest() {
    InstanceSlot freest = idle.peek();
    long most = idleOn(freest);
    for (InstanceSlot other : idle) {
      long others = idleOn(other);
      if (others > most) {
        freest = other;
        most = others;
      }
    }
    return freest;
  }

  /** Of the device of {@code one}; 0 for one on the CPU, where all are equal, or it stands in. */
  private long idleOn(InstanceSlot one) {
    return one.provider().hasDevices()
        ? idle.stream().filter(other -> other.placement().equals(one.placement())).count()
        : 0;
  }

  private void release(InstanceSlot instance) {
    lock.lock();
    try {
      idle.push(instance);
      turns--;
      ask(workers::addOnTheWay);
      back.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * @param goesOn whether the worker is here anyway, from the run before
   */
  private boolean runNext(InstanceSlot instance, Worker worker, boolean goesOn) {
    List<PendingRequest> run;
    List<PendingRequest> expired;
    boolean othersWait;
    lock.lock();
    try {
      long now = ticker.nanos();
      run = closed || queue.gatherNanos(now) <= 0 ? queue.poll(now) : List.of();
      expired = queue.takeExpired();
      othersWait = queue.size() > 0;
      if (goesOn) {
        queue.waitedForWorker(0);
      }
      ask();
    } finally {
      lock.unlock();
    }
    tellExpired(expired);
    List<PendingRequest> started = started(run);
    if (!started.isEmpty()) {
      run(instance, started, othersWait, worker);
    }
    return !run.isEmpty();
  }

  private void run(
      InstanceSlot instance, List<PendingRequest> requests, boolean othersWait, Worker worker) {
    try {
      runner.run(instance, requests, othersWait, worker);
    } catch (RuntimeException | Error unexpected) {
      InferenceError failed = new InferenceError.Internal("model '%s' failed".formatted(model));
      requests.forEach(request -> request.fail(failed));
      throw unexpected;
    }
  }

  /** Those that have not left meanwhile. */
  private static List<PendingRequest> started(List<PendingRequest> run) {
    if (run.size() == 1) {
      return run.get(0).start() ? run : List.of();
    }
    List<PendingRequest> started = new ArrayList<>(run);
    started.removeIf(pending -> !pending.start());
    return started;
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
      if (turns == 0) {
        // Whoever came now would hardly wait, however long others did.
        queue.waitedForWorker(0);
      }
      queue.removeGone(ticker.nanos());
      expired = queue.takeExpired();
      ask();
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

  /** Expected nanoseconds until a worker comes to an idle instance. */
  long workerNanos() {
    lock.lock();
    try {
      return queue.workerNanos();
    } finally {
      lock.unlock();
    }
  }

  /** Rows that a run has at most, by what has been learned. */
  int rowsPerRun() {
    lock.lock();
    try {
      return queue.perRun();
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

  /** Takes nothing new; what waits is still run. Blocks until that is done. */
  void close() {
    lock.lock();
    try {
      closed = true;
      while (turns > 0 || queue.size() > 0) {
        ask();
        back.awaitUninterruptibly();
      }
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
