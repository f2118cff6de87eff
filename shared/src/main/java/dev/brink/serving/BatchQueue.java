package dev.brink.serving;

import dev.brink.inference.InferenceError;
import dev.brink.model.BatchingSettings;
import java.time.Duration;
import java.util.ArrayList;
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

  private static final Comparator<PendingRequest> ORDER =
      Comparator.comparingInt(PendingRequest::priority)
          .thenComparingLong(pending -> pending.remainingNanos(0));

  private final BatchingSettings settings;
  private final LatencyProfile profile;
  private final boolean batches;
  private final PriorityQueue<PendingRequest> waiting = new PriorityQueue<>(ORDER);
  private final List<PendingRequest> expired = new ArrayList<>();
  private int waitingRows;

  BatchQueue(BatchingSettings settings, LatencyProfile profile, boolean batches) {
    this.settings = settings;
    this.profile = profile;
    this.batches = batches && settings.enabled();
  }

  int size() {
    return waiting.size();
  }

  int rows() {
    return waitingRows;
  }

  /** About how many runs it takes to answer what waits. */
  int runs() {
    int perRun = batches ? learnedRows() : 1;
    return (waitingRows + perRun - 1) / perRun;
  }

  /** Lets {@code arriving} wait; gives the one that had to go instead where the queue is full. */
  Optional<PendingRequest> offer(PendingRequest arriving, long nowNanos) {
    if (waiting.size() >= settings.maxQueue()) {
      removeGone(nowNanos);
    }
    if (waiting.size() < settings.maxQueue()) {
      add(arriving);
      return Optional.empty();
    }
    PendingRequest last = waiting.stream().max(ORDER).orElse(arriving);
    if (last.priority() <= arriving.priority()) {
      return Optional.of(arriving);
    }
    remove(last);
    add(arriving);
    return Optional.of(last);
  }

  /** Removes those that need not run any more. */
  void removeGone(long nowNanos) {
    for (PendingRequest pending : List.copyOf(waiting)) {
      if (isGone(pending, nowNanos)) {
        remove(pending);
      }
    }
  }

  void remove(PendingRequest pending) {
    if (waiting.remove(pending)) {
      waitingRows -= pending.rows();
    }
  }

  /** How long to go on gathering before the next run; 0 for not at all. */
  long gatherNanos(long nowNanos) {
    PendingRequest head = waiting.peek();
    if (head == null || !batches || settings.maxDelay().isZero()) {
      return 0;
    }
    if (waitingRows >= maxRows(head, nowNanos)) {
      return 0;
    }
    long left = head.enqueuedNanos() + settings.maxDelay().toNanos() - nowNanos;
    long slack = head.remainingNanos(nowNanos) - 2 * profile.estimate(head.rows());
    return Math.max(0, Math.min(left, slack));
  }

  /** The next run; empty where nothing is left that should run. */
  List<PendingRequest> poll(long nowNanos) {
    PendingRequest head = next(nowNanos);
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
    int room = maxRows(head, nowNanos) - head.rows();
    List<PendingRequest> passedOver = new ArrayList<>();
    while (room > 0 && passedOver.size() < MAX_PASSED_OVER) {
      PendingRequest candidate = next(nowNanos);
      if (candidate == null) {
        break;
      }
      if (candidate.rows() <= room && head.fits(candidate)) {
        run.add(candidate);
        room -= candidate.rows();
      } else {
        passedOver.add(candidate);
      }
    }
    passedOver.forEach(this::add);
  }

  private int maxRows(PendingRequest head, long nowNanos) {
    return Math.max(head.rows(), profile.rowsWithin(head.remainingNanos(nowNanos), learnedRows()));
  }

  private int learnedRows() {
    int limit = settings.maxSize();
    return settings.learned() ? profile.worthwhileRows(limit) : limit;
  }

  private PendingRequest next(long nowNanos) {
    PendingRequest head;
    while ((head = waiting.poll()) != null) {
      waitingRows -= head.rows();
      if (!isGone(head, nowNanos)) {
        return head;
      }
    }
    return null;
  }

  private boolean isGone(PendingRequest pending, long nowNanos) {
    if (pending.hasLeft()) {
      return true;
    }
    if (pending.remainingNanos(nowNanos) <= profile.fastest() / 2) {
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
    waitingRows += pending.rows();
  }

  /** The refusal of one that had to go. */
  InferenceError full(String model, int instances) {
    long drain = profile.estimate(1) * waiting.size() / Math.max(1, instances);
    return new InferenceError.Overloaded(
        "model '%s' has %d requests waiting (limit)".formatted(model, waiting.size()),
        Duration.ofNanos(Math.max(drain, 100_000_000L)));
  }
}
