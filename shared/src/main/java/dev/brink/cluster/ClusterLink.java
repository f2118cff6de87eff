package dev.brink.cluster;

import dev.brink.resilience.Backoff;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Keeps this node in the cluster: joins in the background, tries for ever, and joins anew when the
 * cluster it was in can no longer hold data. Nothing waits for it.
 */
public final class ClusterLink {

  private static final Logger log = LoggerFactory.getLogger(ClusterLink.class);
  private static final Duration WATCH_INTERVAL = Duration.ofSeconds(1);
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(3);

  /** For what is under way on the bus. */
  private static final Duration LEAVE_WAIT = Duration.ofSeconds(3);

  /** A little longer than a merge after a partition takes, which is gentler than joining anew. */
  private static final int WATCHES_WITHOUT_DATA = 8;

  private final ClusterSettings settings;
  private final ClusterJoin join;
  private final List<ClusterListener> listeners;
  private final Backoff backoff = new Backoff(Duration.ofMillis(500), Duration.ofSeconds(4), 0.5);
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> Thread.ofPlatform().name("brink-cluster").daemon().unstarted(task));

  private volatile ClusterSession session;
  private int failures;
  private int withoutData;

  public ClusterLink(ClusterSettings settings, List<ClusterListener> listeners) {
    this.settings = settings;
    this.join = new ClusterJoin(settings);
    this.listeners = List.copyOf(listeners);
    settings.tls().onReload(this::rejoin);
  }

  /** Begins to join and returns at once. */
  public void start() {
    thread.execute(this::tryJoin);
  }

  /** The membership, where there is one now. */
  public Optional<ClusterSession> session() {
    return Optional.ofNullable(session);
  }

  /** The bus reads its certificates once, when it is built. */
  private Future<Void> rejoin() {
    schedule(
        () -> {
          if (session != null) {
            leave();
            tryJoin();
          }
        },
        Duration.ZERO);
    return Future.succeededFuture();
  }

  /** Leaves for good; an attempt to join that is under way is given up. */
  public Future<Void> close() {
    Promise<Void> closed = Promise.promise();
    thread.shutdownNow();
    Thread.ofPlatform().name("brink-cluster-close").start(() -> closeAfter(closed));
    return closed.future();
  }

  private void closeAfter(Promise<Void> closed) {
    try {
      thread.awaitTermination(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      leave();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      closed.complete();
    }
  }

  /** Whatever goes wrong, an error of a library among it, must not be the last attempt. */
  private void tryJoin() {
    try {
      joined(join.join());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (Exception | Error failure) {
      leave();
      retryLater(failure);
    }
  }

  private void joined(ClusterSession joined) {
    session = joined;
    failures = 0;
    withoutData = 0;
    log.atInfo()
        .addKeyValue("node", settings.nodeId())
        .addKeyValue("cluster", settings.name())
        .addKeyValue("port", joined.port())
        .log("joined the cluster");
    listeners.forEach(listener -> listener.joined(joined));
    schedule(() -> watch(joined), WATCH_INTERVAL);
  }

  private void retryLater(Throwable failure) {
    Duration delay = backoff.delay(failures++, ThreadLocalRandom.current());
    log.atLevel(failures == 1 ? Level.WARN : Level.DEBUG)
        .addKeyValue("cluster", settings.name())
        .addKeyValue(
            "error", failure.getMessage() == null ? failure.toString() : failure.getMessage())
        .log("cannot join the cluster yet; trying again in the background");
    schedule(this::tryJoin, delay);
  }

  private void watch(ClusterSession watched) {
    if (session != watched) {
      return;
    }
    withoutData = hasDataMember(watched) ? 0 : withoutData + 1;
    if (withoutData >= WATCHES_WITHOUT_DATA) {
      log.atWarn().addKeyValue("cluster", settings.name()).log("no data member left; joining anew");
      leave();
      tryJoin();
    } else {
      schedule(() -> watch(watched), WATCH_INTERVAL);
    }
  }

  /** An instance that has stopped by itself throws instead of answering. */
  private static boolean hasDataMember(ClusterSession watched) {
    try {
      return watched.hasDataMember();
    } catch (RuntimeException stopped) {
      log.atDebug()
          .addKeyValue("error", stopped.toString())
          .log("cannot see the cluster's members");
      return false;
    }
  }

  private void leave() {
    ClusterSession old = session;
    if (old != null) {
      session = null;
      quietly(() -> awaitLast(old));
      listeners.forEach(listener -> quietly(() -> listener.left(old)));
      quietly(old::close);
    }
  }

  private void awaitLast(ClusterSession old) {
    try {
      Future.join(listeners.stream().map(listener -> listener.leaving(old)).toList())
          .toCompletionStage()
          .toCompletableFuture()
          .get(LEAVE_WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException unfinished) {
      log.atDebug()
          .addKeyValue("error", unfinished.toString())
          .log("left the cluster with requests under way");
    }
  }

  private static void quietly(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException failure) {
      log.atWarn()
          .addKeyValue("error", failure.toString())
          .log("did not leave the cluster cleanly");
    }
  }

  private void schedule(Runnable task, Duration delay) {
    try {
      thread.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException closed) {
      log.debug("the link is closed");
    }
  }
}
