package dev.brink.edge.sim;

import dev.brink.inference.LoadReport;
import dev.brink.resilience.Ewma;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A node of the cloud: one model instance that runs one request at a time, so that four of them are
 * just enough for a crowd.
 */
final class CloudNode {

  private static final int MOST_QUEUED = 256;
  private static final int MAX_BATCH = 1;

  /** One call that reached the node. */
  interface Work {
    boolean isWanted();

    /**
     * @param nanos in the node, queue and run
     */
    void done(long nanos);

    void refused();
  }

  private record Queued(Work work, long arrivedNanos) {}

  private final int index;
  private final Scenario scenario;
  private final VirtualTime time;
  private final SplittableRandom random;
  private final ServiceTimes service;
  private final Deque<Queued> queue = new ArrayDeque<>();
  private final Ewma busy = new Ewma(Duration.ofMillis(500));
  private long busyUntil;
  private int running;

  CloudNode(
      int index,
      Scenario scenario,
      ServiceTimes service,
      VirtualTime time,
      SplittableRandom random) {
    this.index = index;
    this.service = service;
    this.scenario = scenario;
    this.time = time;
    this.random = random;
  }

  int index() {
    return index;
  }

  boolean isGone() {
    return scenario.isGone(index, time.seconds());
  }

  void arrives(Work work) {
    if (isGone()) {
      return;
    }
    if (queue.size() >= MOST_QUEUED) {
      work.refused();
      return;
    }
    queue.add(new Queued(work, time.nanos()));
    if (running == 0) {
      runNext();
    }
  }

  /** When a call that arrives at {@code nanos} would be done, as far as can be told. */
  long wouldEnd(long nanos) {
    int batches = queue.size() / MAX_BATCH;
    long batch = slowed(service.typical(Math.min(MAX_BATCH, queue.size() + 1)));
    return Math.max(nanos, busyUntil) + batches * slowed(service.typical(MAX_BATCH)) + batch;
  }

  LoadReport report() {
    busy.add(running > 0 ? 1 : 0, time.nanos());
    return new LoadReport(
        queue.size() + running,
        queue.size(),
        busy.mean(),
        slowed(service.typical(1)),
        MOST_QUEUED - queue.size(),
        1L << 30);
  }

  private void runNext() {
    List<Queued> batch = new ArrayList<>();
    while (!queue.isEmpty() && batch.size() < MAX_BATCH) {
      Queued next = queue.poll();
      if (next.work().isWanted()) {
        batch.add(next);
      }
    }
    running = batch.size();
    if (running > 0) {
      long nanos = slowed(service.draw(running, random));
      busyUntil = time.nanos() + nanos;
      time.after(nanos, () -> end(batch));
    }
  }

  private void end(List<Queued> batch) {
    if (isGone()) {
      queue.clear();
      running = 0;
      return;
    }
    for (Queued item : batch) {
      item.work().done(time.nanos() - item.arrivedNanos());
    }
    runNext();
  }

  private long slowed(long nanos) {
    return (long) (nanos * scenario.slowdown(index, time.seconds()));
  }
}
