package dev.brink.serving;

import dev.brink.inference.InferenceError;
import dev.brink.model.BatchingSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * Who runs next, and with whom: higher priority first, the earlier deadline within a priority.
 * Waiting requests of equal shape share a run as far as it pays and the oldest deadline allows.
 * Owns no thread and no clock; its owner guards it.
 */
final class BatchQueue {

  /** How many requests that do not fit the run are looked at before it is closed. */
  private static final int MAX_PASSED_OVER = 64;

  /** Requests that may wait however large they are. */
  private static final int FEW = 8;

  /** Nanoseconds after which to come again at the earliest. */
  private static final long AGAIN = 100_000_000L;

  /** Share of a new wait for a worker in the running mean. */
  private static final double WEIGHT = 0.1;

  /** Enough to keep instances busy. */
  private static final int RUNS = 4;

  private static final Comparator<PendingRequest> ORDER =
      Comparator.comparingInt(PendingRequest::priority)
          .thenComparingLong(pending -> pending.remainingNanos(0));

  private final BatchingSettings settings;
  private final LatencyProfile profile;
  private final boolean batches;
  private final PriorityQueue<PendingRequest> waiting = new PriorityQueue<>(ORDER);
  private final List<PendingRequest> expired = new ArrayList<>();
  private final WaitingRows rows = new WaitingRows();
  private double workerNanos;
  private final RecentDemands demands = new RecentDemands();
  private final ByteAllowance allowance = new ByteAllowance();

  BatchQueue(BatchingSettings settings, LatencyProfile profile, boolean batches) {
    this.settings = settings;
    this.profile = profile;
    this.batches = batches && settings.enabled();
  }

  int size() {
    return waiting.size();
  }

  int rows() {
    return rows.total();
  }

  /** About how many runs it takes to answer what waits. */
  int runs() {
    return runs(rows.total());
  }

  private int runs(int waiting) {
    return (waiting + perRun() - 1) / perRun();
  }

  /** Rows that a run has at most, by what has been learned. */
  int perRun() {
    return batches ? learnedRows() : 1;
  }

  /** Expected nanoseconds until {@code instances} have run what comes before {@code priority}. */
  long waitNanos(int priority, int instances) {
    return waitForRows(rows.ahead(priority), instances);
  }

  private long waitForRows(int ahead, int instances) {
    return ahead == 0
        ? 0
        : (profile.estimate(Math.min(perRun(), ahead)) + workerNanos())
            * runs(ahead)
            / Math.max(1, instances);
  }

  /** A run has waited so long for a worker, when it could have begun otherwise. */
  void waitedForWorker(long nanos) {
    workerNanos += WEIGHT * (nanos - workerNanos);
  }

  /** Expected nanoseconds that a run waits for a worker: other models share them. */
  long workerNanos() {
    return (long) workerNanos;
  }

  /**
   * Whether one that has not been read yet would be refused: there is no room for it, or not the
   * time, even if it asks for as much as any of lately.
   */
  boolean wouldRefuse(int instances, long nowNanos) {
    allowance.see(waiting.isEmpty(), nowNanos);
    if (!demands.isTelling(nowNanos)) {
      return false;
    }
    return isFull() && !rows.anyBehind(demands.bestPriority())
        || answeredAfter(rows.ahead(demands.bestPriority()), 1, instances) > demands.longestNanos()
            && rows.ahead(demands.bestPriority()) > 0;
  }

  /**
   * Lets {@code arriving} wait; gives the one that had to go instead where the queue is full, or
   * itself where its time would run out in the queue.
   */
  Optional<PendingRequest> offer(PendingRequest arriving, int instances, long nowNanos) {
    demands.see(arriving, nowNanos);
    allowance.see(waiting.isEmpty(), nowNanos);
    if (isFull()) {
      removeGone(nowNanos);
    }
    if (isHopeless(arriving, instances, nowNanos)) {
      return Optional.of(arriving);
    }
    if (!isFull()) {
      add(arriving);
      return Optional.empty();
    }
    if (!rows.anyBehind(arriving.priority())) {
      return Optional.of(arriving);
    }
    PendingRequest last = Collections.max(waiting, ORDER);
    remove(last);
    add(arriving);
    return Optional.of(last);
  }

  /**
   * Whether {@code arriving} would not be answered in time behind what is more urgent. To take it
   * in and give it up later would be no answer in time, and in a queue where the most urgent go
   * first it would make others late as well.
   */
  private boolean isHopeless(PendingRequest arriving, int instances, long nowNanos) {
    int ahead = rows.ahead(arriving.priority());
    long left = arriving.remainingNanos(nowNanos);
    return ahead > 0
        && answeredAfter(ahead, arriving.rows(), instances) > left
        && answeredAfter(rowsBefore(arriving), arriving.rows(), instances) > left;
  }

  /** Of the run that is going on, half is left. */
  private long answeredAfter(int ahead, int own, int instances) {
    int all = ahead + own;
    return waitForRows(all, instances) + profile.estimate(Math.min(perRun(), all)) / 2;
  }

  private int rowsBefore(PendingRequest arriving) {
    int before = 0;
    for (PendingRequest other : waiting) {
      before += ORDER.compare(other, arriving) <= 0 ? other.rows() : 0;
    }
    return before;
  }

  private boolean isFull() {
    return waiting.size() >= settings.maxQueue()
        || rows.bytes() >= allowance.bytes() && rows.total() >= Math.max(FEW, RUNS * perRun());
  }

  /** Removes those that need not run any more. */
  void removeGone(long nowNanos) {
    waiting.removeIf(
        pending -> {
          boolean gone = isGone(pending, waiting.size() == 1, nowNanos);
          if (gone) {
            rows.remove(pending);
          }
          return gone;
        });
  }

  void remove(PendingRequest pending) {
    if (waiting.remove(pending)) {
      rows.remove(pending);
    }
  }

  /** How long to go on gathering before the next run; 0 for not at all. */
  long gatherNanos(long nowNanos) {
    PendingRequest head = waiting.peek();
    if (head == null || !batches || settings.maxDelay().isZero()) {
      return 0;
    }
    if (rows.total() >= maxRows(head, nowNanos)) {
      return 0;
    }
    long left = head.enqueuedNanos() + settings.maxDelay().toNanos() - nowNanos;
    long needed = 2 * profile.estimate(head.rows()) + workerNanos();
    long slack = head.remainingNanos(nowNanos) - needed;
    return Math.max(0, Math.min(left, slack));
  }

  /** The next run; empty where nothing is left that should run. */
  List<PendingRequest> poll(long nowNanos) {
    PendingRequest head = next(nowNanos);
    allowance.see(waiting.isEmpty(), nowNanos);
    if (head == null) {
      return List.of();
    }
    if (!batches || waiting.isEmpty()) {
      return List.of(head);
    }
    List<PendingRequest> run = new ArrayList<>();
    run.add(head);
    gather(run, head, nowNanos);
    return run;
  }

  private void gather(List<PendingRequest> run, PendingRequest head, long nowNanos) {
    int most = settings.learned() ? profile.rowsOfNextRun(settings.maxSize()) : settings.maxSize();
    int rows = head.rows();
    int limit = Math.max(rows, rowsInTime(head, most, nowNanos));
    List<PendingRequest> passedOver = new ArrayList<>();
    while (rows < limit && passedOver.size() < MAX_PASSED_OVER) {
      PendingRequest candidate = next(nowNanos);
      if (candidate == null) {
        break;
      }
      int limitWith = Math.min(limit, rowsInTime(candidate, limit, nowNanos));
      if (rows + candidate.rows() <= limitWith && head.fits(candidate)) {
        run.add(candidate);
        rows += candidate.rows();
        limit = limitWith;
      } else {
        passedOver.add(candidate);
      }
    }
    passedOver.forEach(this::add);
  }

  private int rowsInTime(PendingRequest pending, int limit, long nowNanos) {
    return profile.rowsWithin(pending.remainingNanos(nowNanos), limit);
  }

  private int maxRows(PendingRequest head, long nowNanos) {
    return Math.max(head.rows(), rowsInTime(head, learnedRows(), nowNanos));
  }

  private int learnedRows() {
    int limit = settings.maxSize();
    return settings.learned() ? profile.worthwhileRows(limit) : limit;
  }

  private PendingRequest next(long nowNanos) {
    PendingRequest head;
    while ((head = waiting.poll()) != null) {
      rows.remove(head);
      if (!isGone(head, waiting.isEmpty(), nowNanos)) {
        return head;
      }
    }
    return null;
  }

  /**
   * With too little time left nobody is answered; but one who waits alone is in nobody's way, and
   * only a run shows whether the model is still as slow as it was.
   */
  private boolean isGone(PendingRequest pending, boolean isAlone, long nowNanos) {
    if (pending.hasLeft()) {
      return true;
    }
    long least = isAlone ? 0 : profile.fastest() / 2;
    if (pending.remainingNanos(nowNanos) <= least) {
      expired.add(pending);
      return true;
    }
    return false;
  }

  /** Those that were removed because they could not be answered in time; to be told so. */
  List<PendingRequest> takeExpired() {
    if (expired.isEmpty()) {
      return List.of();
    }
    List<PendingRequest> taken = List.copyOf(expired);
    expired.clear();
    return taken;
  }

  private void add(PendingRequest pending) {
    waiting.add(pending);
    rows.add(pending);
  }

  /** The refusal of one that had to go. */
  InferenceError full(String model, int instances) {
    return new InferenceError.Overloaded(
        "model '%s' has %d requests waiting (%s)"
            .formatted(
                model, waiting.size(), isFull() ? "limit" : "too many to be answered in time"),
        Duration.ofNanos(isFull() ? Math.max(emptyAfter(instances), AGAIN) : AGAIN));
  }

  private long emptyAfter(int instances) {
    return waitNanos(Integer.MAX_VALUE, instances);
  }
}
