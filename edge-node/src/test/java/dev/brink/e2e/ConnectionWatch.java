package dev.brink.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Notes with whom a process speaks, from now on and every few milliseconds. */
final class ConnectionWatch implements AutoCloseable {

  private static final int EVERY_MILLIS = 5;

  private final long pid;
  private final Set<String> peers = new ConcurrentSkipListSet<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

  private ConnectionWatch(long pid) {
    this.pid = pid;
  }

  static ConnectionWatch of(long pid) {
    ConnectionWatch watch = new ConnectionWatch(pid);
    watch.timer.scheduleWithFixedDelay(watch::look, 0, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    return watch;
  }

  private void look() {
    try {
      peers.addAll(Connections.remoteAddresses(pid));
    } catch (IOException | UncheckedIOException meanwhileClosed) {
      // A socket that is gone between two looks at the tables; the next look is soon.
    }
  }

  Set<String> peers() throws IOException {
    peers.addAll(Connections.remoteAddresses(pid));
    return peers;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
