package dev.brink.edge.bench;

import dev.brink.edge.cli.NodeClient;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.locks.LockSupport;

/** Counts, by the cloud's own statistics, the calls that reach it, twice a second. */
final class CloudCalls implements AutoCloseable {

  private static final long PAUSE_NANOS = 500_000_000L;
  private static final double BURST_SECONDS = 5;

  private final NodeClient cloud;
  private final double perSecond;
  private final int before;
  private final long begunNanos = System.nanoTime();
  private final Thread watching;
  private volatile boolean over;
  private volatile int last;
  private volatile int mostAbove = Integer.MIN_VALUE;

  private CloudCalls(NodeClient cloud, double perSecond) {
    this.cloud = cloud;
    this.perSecond = perSecond;
    this.before = counted();
    this.watching = Thread.ofVirtual().unstarted(this::watch);
  }

  /**
   * @param perSecond of the bucket, which holds five seconds of it
   */
  static CloudCalls watch(NodeClient cloud, double perSecond) {
    CloudCalls calls = new CloudCalls(cloud, perSecond);
    calls.watching.start();
    return calls;
  }

  int last() {
    return last;
  }

  /** By how many calls the bucket was exceeded at worst; negative where it never was. */
  int mostAbove() {
    return mostAbove;
  }

  private void watch() {
    while (!over) {
      look();
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void look() {
    int calls = counted() - before;
    double seconds = (System.nanoTime() - begunNanos) / 1e9;
    last = calls;
    mostAbove = Math.max(mostAbove, calls - (int) (perSecond * (seconds + BURST_SECONDS)));
  }

  private int counted() {
    JsonObject stats = cloud.get("/v2/models/intent/stats").body();
    return stats
        .getJsonArray("model_stats")
        .getJsonObject(0)
        .getJsonObject("inference_stats")
        .getJsonObject("success")
        .getInteger("count");
  }

  @Override
  public void close() {
    over = true;
    try {
      watching.join();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    look();
  }
}
