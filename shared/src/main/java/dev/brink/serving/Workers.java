package dev.brink.serving;

import dev.brink.resilience.Ticker;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that run models, shared by all models of a node. Waking a thread costs more than a
 * short run: so there are no more of them at work on short runs than the node has cores, one that
 * is awake takes what waits for any model, and the one that fell asleep last is woken first. A run
 * that is long keeps nobody waiting: another worker takes its worker's place meanwhile.
 *
 * <p>Two things always hold. Where a task is ready, as many workers share the cores as may, or one
 * more is on its way. Where something is wanted later, one worker sleeps no longer than until then,
 * or one that is awake looks before it sleeps.
 */
final class Workers implements AutoCloseable {

  /** What a worker is wanted for. */
  interface Task {
    void run(Worker worker);
  }

  /**
   * From here on a run is long: the system's scheduler shares the cores better than taking turns.
   */
  static final long LONG_NANOS = 1_000_000;

  private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
  private static final long KEPT_ASLEEP_NANOS = 10_000_000_000L;
  private static final long NEVER = Long.MAX_VALUE;
  private static final AtomicInteger STARTED = new AtomicInteger();

  private record Later(long nanos, Task task) {}

  private final int limit;
  private final Ticker ticker;
  private final ReentrantLock lock = new ReentrantLock();
  private final Deque<Task> ready = new ArrayDeque<>();
  private final PriorityQueue<Later> later =
      new PriorityQueue<>(Comparator.comparingLong(Later::nanos));
  private final List<Worker> all = new ArrayList<>();
  private final Deque<Worker> asleep = new ArrayDeque<>();
  private int sharing;
  private boolean closed;
  private volatile boolean isWorkReady;
  private volatile long nextLaterNanos = NEVER;

  /**
   * @param limit how many may be at work on short runs
   */
  Workers(int limit, Ticker ticker) {
    this.limit = limit;
    this.ticker = ticker;
  }

  /** Has {@code task} run by a worker, after what waits already. */
  void add(Task task) {
    lock.lock();
    try {
      ready(task);
      if (sharing >= limit) {
        relieveOverdue();
      }
      wakeWherePossible();
    } finally {
      lock.unlock();
    }
  }

  /**
   * As {@link #add}, by a worker that has done what it had to and looks for more: itself, maybe.
   */
  void addOnTheWay(Task task) {
    lock.lock();
    try {
      ready(task);
    } finally {
      lock.unlock();
    }
  }

  private void ready(Task task) {
    ready.add(task);
    isWorkReady = true;
  }

  /** Has {@code task} run by a worker at {@code nanos} of the ticker, or soon after. */
  void addLater(Task task, long nanos) {
    lock.lock();
    try {
      later.add(new Later(nanos, task));
      nextLaterNanos = later.peek().nanos();
      keepTime();
    } finally {
      lock.unlock();
    }
  }

  /** Has somebody look at the clock in time for what is wanted later. */
  private void keepTime() {
    if (nextLaterNanos == NEVER) {
      return;
    }
    Worker sleeper = asleep.peekLast();
    if (sleeper != null) {
      LockSupport.unpark(sleeper.thread());
    } else if (sharing == 0) {
      start();
    }
  }

  boolean isAnythingWaiting(long nowNanos) {
    return isWorkReady || nowNanos >= nextLaterNanos;
  }

  /** What {@code worker} is to do next, asleep until there is something; null for to end. */
  Task next(Worker worker) {
    while (true) {
      lock.lock();
      try {
        takeBack(worker);
        promoteLater();
        // Those that come back from long runs may be more than there are cores.
        if (sharing <= limit && !ready.isEmpty()) {
          Task task = ready.poll();
          isWorkReady = !ready.isEmpty();
          wakeWherePossible();
          return task;
        }
        if (worker.handOver().isEmpty()) {
          sharing--;
          if (closed) {
            all.remove(worker);
            return null;
          }
          worker.awake(false);
          asleep.addLast(worker);
        }
      } finally {
        lock.unlock();
      }
      if (worker.isAwake()) {
        worker.handOver().send();
      } else if (hasEndedAsleep(worker)) {
        return null;
      }
    }
  }

  /** Sleeps until there is something to do; true where there was nothing for too long. */
  private boolean hasEndedAsleep(Worker worker) {
    long until = worker.isSpare() ? ticker.nanos() + KEPT_ASLEEP_NANOS : NEVER;
    while (!worker.isAwake()) {
      long wakeAt = Math.min(until, nextLaterNanos);
      long nanos = wakeAt == NEVER ? NEVER : wakeAt - ticker.nanos();
      if (nanos == NEVER) {
        LockSupport.park(this);
      } else if (nanos > 0) {
        LockSupport.parkNanos(this, nanos);
      } else if (endsOrGetsUp(worker, until)) {
        return true;
      }
    }
    return false;
  }

  private boolean endsOrGetsUp(Worker worker, long until) {
    lock.lock();
    try {
      if (worker.isAwake()) {
        return false;
      }
      asleep.remove(worker);
      if (ticker.nanos() >= until) {
        all.remove(worker);
        keepTime();
        return true;
      }
      worker.awake(true);
      sharing++;
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void promoteLater() {
    if (nextLaterNanos == NEVER || ticker.nanos() < nextLaterNanos) {
      return;
    }
    long now = ticker.nanos();
    while (!later.isEmpty() && later.peek().nanos() <= now) {
      ready(later.poll().task());
    }
    nextLaterNanos = later.isEmpty() ? NEVER : later.peek().nanos();
  }

  private void wakeWherePossible() {
    if (ready.isEmpty() || sharing >= limit) {
      return;
    }
    Worker worker = asleep.pollLast();
    if (worker == null) {
      start();
      return;
    }
    sharing++;
    worker.awake(true);
    LockSupport.unpark(worker.thread());
    keepTime();
  }

  /**
   * Where the system gives no thread, those that are there must do, and the next sweep tries again.
   */
  private void start() {
    String name = "brink-worker-" + STARTED.incrementAndGet();
    Worker worker = new Worker(this, name, all.size() >= limit);
    try {
      worker.thread().start();
    } catch (OutOfMemoryError none) {
      LOG.warn("no thread for a worker workers={} error={}", all.size(), none.getMessage());
      return;
    }
    sharing++;
    all.add(worker);
  }

  /** The others do without {@code worker} until its run has ended. */
  void relieve(Worker worker) {
    lock.lock();
    try {
      giveUp(worker);
      promoteLater();
      wakeWherePossible();
      keepTime();
    } finally {
      lock.unlock();
    }
  }

  void rejoin(Worker worker) {
    lock.lock();
    try {
      takeBack(worker);
    } finally {
      lock.unlock();
    }
  }

  /** Has what waits taken up where runs turn out to be long; called now and then. */
  void sweep() {
    if (!isAnythingWaiting(ticker.nanos())) {
      return;
    }
    lock.lock();
    try {
      promoteLater();
      relieveOverdue();
      wakeWherePossible();
    } finally {
      lock.unlock();
    }
  }

  private void relieveOverdue() {
    long now = ticker.nanos();
    for (Worker worker : all) {
      if (worker.isRunningLongerThan(2 * LONG_NANOS, now)) {
        giveUp(worker);
      }
    }
  }

  private void giveUp(Worker worker) {
    if (!worker.isRelieved()) {
      worker.relieved(true);
      sharing--;
    }
  }

  private void takeBack(Worker worker) {
    if (worker.isRelieved()) {
      worker.relieved(false);
      sharing++;
    }
  }

  /** How many have nothing to do. */
  int asleep() {
    lock.lock();
    try {
      return asleep.size();
    } finally {
      lock.unlock();
    }
  }

  /** Lets workers end when nothing waits any more. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      while (!asleep.isEmpty()) {
        Worker worker = asleep.pollLast();
        sharing++;
        worker.awake(true);
        LockSupport.unpark(worker.thread());
      }
    } finally {
      lock.unlock();
    }
  }
}
