package dev.brink.edge.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** The resident memory of a process, every second for as long as it is open; needs Linux. */
final class ResidentMemory implements AutoCloseable {

  private static final long SECOND = 1_000_000_000L;

  private final long pid;
  private final List<Double> mebibytes = new ArrayList<>();
  private final AtomicBoolean open = new AtomicBoolean(true);

  ResidentMemory(long pid) {
    this.pid = pid;
    Thread.ofPlatform().daemon().name("memory-of-" + pid).start(this::watch);
  }

  private void watch() {
    while (open.get()) {
      synchronized (mebibytes) {
        mebibytes.add(now(pid));
      }
      LockSupport.parkNanos(SECOND);
    }
  }

  /** Of process {@code pid}, in MiB; not a number where that cannot be seen. */
  static double now(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) / 1024)
          .findFirst()
          .orElse(Double.NaN);
    } catch (IOException gone) {
      return Double.NaN;
    }
  }

  /** The most that was seen in a part of the time; 0 to 0.5 is the first half of it. */
  double most(double from, double to) {
    synchronized (mebibytes) {
      int size = mebibytes.size();
      return mebibytes.subList((int) (from * size), (int) (to * size)).stream()
          .mapToDouble(Double::doubleValue)
          .max()
          .orElse(Double.NaN);
    }
  }

  @Override
  public void close() {
    open.set(false);
  }
}
