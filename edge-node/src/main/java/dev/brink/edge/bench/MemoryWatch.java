package dev.brink.edge.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;

/** Looks at a process's resident memory once a second. */
final class MemoryWatch implements AutoCloseable {

  private final List<Double> mebibytes = new ArrayList<>();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().daemon().name("memory-watch").unstarted(task));

  MemoryWatch(DoubleSupplier resident) {
    timer.scheduleAtFixedRate(() -> add(resident.getAsDouble()), 0, 1, TimeUnit.SECONDS);
  }

  private synchronized void add(double value) {
    mebibytes.add(value);
  }

  synchronized int seconds() {
    return mebibytes.size();
  }

  /** The mean over the seconds {@code from} to {@code to}. */
  synchronized double mean(int from, int to) {
    return mebibytes.subList(from, Math.min(to, mebibytes.size())).stream()
        .mapToDouble(Double::doubleValue)
        .average()
        .orElse(Double.NaN);
  }

  /** The most that was seen in a part of the time; 0 to 0.5 is the first half of it. */
  synchronized double most(double from, double to) {
    int size = mebibytes.size();
    return mebibytes.subList((int) (from * size), (int) (to * size)).stream()
        .mapToDouble(Double::doubleValue)
        .max()
        .orElse(Double.NaN);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
