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

/**
 * The threads that run models, shared by all models of a node. Waking a thread costs more than a
 * short run: so there are no more of them at work on short runs than the node has cores, one that
 * is awake takes what waits for any model, and the one that fell asleep last is woken first. A run
 * that is long keeps nobody waiting: another worker takes its worker's place meanwhile.
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
      ready.add(task);
      isWorkReady = true;
      if (sharing >= limit) {
        relieveOverdue();
      }
      wakeWherePossible();
    } finally {
      lock.unlock();
    }
  }

  /** Has {@code task} run by a worker at {@code nanos} of the ticker, or soon after. */
  void addLater(Task task, long nanos) {
    lock.lock();
    try {
      later.add(new Later(nanos, task));
      nextLaterNanos = later.peek().nanos();
      Worker sleeper = asleep.peekLast();
      if (sleeper != null) {
        LockSupport.unpark(sleeper.thread());
      } else if (sharing < limit) {
        start();
      }
    } finally {
      lock.unlock();
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
        promoteLater(ticker.nanos());
        Task task = ready.poll();
        if (task != null) {
          isWorkReady = !ready.isEmpty();
          wakeWherePossible();
          return task;
        }
        if (closed) {
          sharing--;
          all.remove(worker);
          return null;
        }
        if (worker.handOver().isEmpty()) {
          sharing--;
          worker.awake(false);
          asleep.addLast(worker);
        }
      } finally {
        lock.unlock();
      }
      if (worker.isAwake()) {
        worker.handOver().send();
      } else if (!sleep(worker) && hasLeft(worker)) {
        return null;
      }
    }
  }

  /** Whether {@code worker} has been woken; otherwise its time has come. */
  private boolean sleep(Worker worker) {
    long until = worker.isSpare() ? ticker.nanos() + KEPT_ASLEEP_NANOS : NEVER;
    while (!worker.isAwake()) {
      long wakeAt = Math.min(until, nextLaterNanos);
      if (wakeAt == NEVER) {
        LockSupport.park(this);
        continue;
      }
      long nanos = wakeAt - ticker.nanos();
      if (nanos <= 0) {
        return false;
      }
      LockSupport.parkNanos(this, nanos);
    }
    return true;
  }

  private boolean hasLeft(Worker worker) {
    lock.lock();
    try {
      if (worker.isAwake()) {
        return false;
      }
      asleep.remove(worker);
      if (worker.isSpare() && ticker.nanos() < nextLaterNanos) {
        all.remove(worker);
        return true;
      }
      worker.awake(true);
      sharing++;
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void promoteLater(long nowNanos) {
    if (nowNanos < nextLaterNanos) {
      return;
    }
    while (!later.isEmpty() && later.peek().nanos() <= nowNanos) {
      ready.add(later.poll().task());
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
  }

  private void start() {
    String name = "brink-worker-" + STARTED.incrementAndGet();
    Worker worker = new Worker(this, name, all.size() >= limit);
    worker.thread().start();
    sharing++;
    all.add(worker);
  }

  /** The others do without {@code worker} until its run has ended. */
  void relieve(Worker worker) {
    lock.lock();
    try {
      giveUp(worker);
      wakeWherePossible();
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
