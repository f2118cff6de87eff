package dev.brink.edge.bench;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Some requests over one transport.
 *
 * @param cpuMicros of both processes together, for each request
 */
record HopRun(double cpuMicros, double perSecond, int failed) {

  private static final long LONGEST_SECONDS = 120;

  /** Sends {@code count} requests, always {@code inFlight} at once. */
  static HopRun of(HopClients.Hop hop, int inFlight, int count, long serverPid) {
    Loop loop = new Loop(hop, count);
    long begun = System.nanoTime();
    Duration cpu = cpu(serverPid);
    hop.context().runOnContext(start -> loop.begin(inFlight));
    loop.await();
    double nanos = cpu(serverPid).minus(cpu).toNanos();
    double seconds = (System.nanoTime() - begun) / 1e9;
    return new HopRun(nanos / 1000 / count, count / seconds, loop.failed.get());
  }

  private static Duration cpu(long serverPid) {
    return cpuOf(ProcessHandle.current()).plus(cpuOf(ProcessHandle.of(serverPid).orElseThrow()));
  }

  private static Duration cpuOf(ProcessHandle process) {
    return process.info().totalCpuDuration().orElseThrow();
  }

  private static final class Loop {

    private final HopClients.Hop hop;
    private final AtomicInteger unsent;
    private final AtomicInteger failed = new AtomicInteger();
    private final CountDownLatch open;

    private Loop(HopClients.Hop hop, int count) {
      this.hop = hop;
      this.unsent = new AtomicInteger(count);
      this.open = new CountDownLatch(count);
    }

    private void begin(int inFlight) {
      for (int i = 0; i < inFlight; i++) {
        next();
      }
    }

    private void next() {
      if (unsent.getAndDecrement() <= 0) {
        return;
      }
      hop.call()
          .get()
          .onComplete(
              (answer, failure) -> {
                if (failure != null) {
                  failed.incrementAndGet();
                }
                open.countDown();
                next();
              });
    }

    private void await() {
      try {
        if (!open.await(LONGEST_SECONDS, TimeUnit.SECONDS)) {
          failed.addAndGet((int) open.getCount());
        }
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
