package dev.brink.edge.uplink;

import dev.brink.dispatch.Timers;
import dev.brink.inference.InferenceException;
import dev.brink.oip.proto.RepositoryIndexResponse;
import dev.brink.oip.proto.ServerReadyResponse;
import dev.brink.resilience.Backoff;
import dev.brink.resilience.CircuitBreaker;
import dev.brink.resilience.Ticker;
import dev.brink.routing.Target;
import io.vertx.core.MultiMap;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One server as its probes show it. A probe a second, two that come to nothing make it unreachable
 * and its connection is given up; then it is dialled anew, ever more rarely.
 */
final class GrpcTarget {

  private static final Logger log = LoggerFactory.getLogger(GrpcTarget.class);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration PROBE_TIMEOUT = Duration.ofMillis(500);
  private static final Duration AT_ONCE = Duration.ofMillis(1);

  /** One answer after a silence proves little; the next is asked for soon. */
  private static final Duration SOON = Duration.ofMillis(50);

  private static final int SETTLED = 3;
  private static final int MISSES_TO_UNREACHABLE = 2;
  private static final int PROBES_PER_INDEX = 10;

  private final GrpcChannel channel;
  private final Target target;
  private final MultiMap metadata;
  private final Timers timers;
  private final Ticker ticker;
  private final GrpcConnection connection;
  private final Backoff backoff = new Backoff(Duration.ofMillis(250), Duration.ofSeconds(5), 0.5);

  private volatile boolean healthy;
  private volatile boolean inPool;
  private volatile boolean closed;
  private volatile long roundTripNanos;
  private Runnable nextProbe = () -> {};
  private boolean probing;
  private int misses;
  private int probes;

  GrpcTarget(
      GrpcChannel channel,
      Target target,
      MultiMap metadata,
      Timers timers,
      Ticker ticker,
      GrpcConnection connection) {
    this.channel = channel;
    this.target = target;
    this.metadata = metadata;
    this.timers = timers;
    this.ticker = ticker;
    this.connection = connection;
    target.unreachable();
  }

  GrpcChannel channel() {
    return channel;
  }

  int priority() {
    return channel.target().priority();
  }

  /** Whether its probes say that it wants work. */
  boolean answers() {
    return healthy;
  }

  /** Whether it wants work and its calls do not keep failing, or one may try whether they do. */
  boolean isHealthy() {
    return healthy
        && !(target.breakerState() instanceof CircuitBreaker.State.Open open
            && ticker.nanos() < open.untilNanos());
  }

  /** Lets the pool choose this target, or keeps it out. */
  void admit(boolean admitted) {
    if (!admitted) {
      target.unreachable();
    } else if (!inPool) {
      target.pinged(roundTripNanos);
    }
    inPool = admitted;
  }

  void heard(GrpcReply<?> reply) {
    reply.load().ifPresent(target::report);
  }

  /** A call came to nothing: now is better than in a second. */
  void suspect() {
    probe();
  }

  synchronized void probe() {
    if (closed || probing) {
      return;
    }
    probing = true;
    nextProbe.run();
    long sent = ticker.nanos();
    channel
        .ready(metadata, PROBE_TIMEOUT)
        .onComplete((reply, failure) -> probed(reply, failure, ticker.nanos() - sent));
  }

  void close() {
    closed = true;
    channel.close();
  }

  private synchronized void probed(
      GrpcReply<ServerReadyResponse> reply, Throwable failure, long nanos) {
    probing = false;
    if (failure == null) {
      answered(reply, nanos);
    } else if (failure instanceof InferenceException) {
      refused(failure);
    } else {
      missed(failure);
    }
  }

  private void answered(GrpcReply<ServerReadyResponse> reply, long nanos) {
    roundTripNanos = nanos;
    misses = 0;
    heard(reply);
    become(reply.message().getReady(), "is not ready");
    if (inPool) {
      target.pinged(nanos);
    }
    if (healthy && probes++ % PROBES_PER_INDEX == 1) {
      channel.index(metadata, PROBE_TIMEOUT).onSuccess(this::holds);
    }
    connection.probed(true);
    again(probes < SETTLED ? SOON : INTERVAL);
  }

  /** A server that answers with an error is there, and wants no work. */
  private void refused(Throwable failure) {
    misses = 0;
    become(false, failure.getMessage());
    connection.probed(true);
    again(INTERVAL);
  }

  private void missed(Throwable failure) {
    misses++;
    connection.probed(false);
    if (misses < MISSES_TO_UNREACHABLE) {
      again(AT_ONCE);
    } else {
      become(false, failure.getMessage());
      channel.renew();
      again(backoff.delay(misses - MISSES_TO_UNREACHABLE, ThreadLocalRandom.current()));
    }
  }

  private void holds(RepositoryIndexResponse index) {
    Set<String> ready =
        index.getModelsList().stream()
            .filter(model -> model.getState().equals("READY"))
            .map(RepositoryIndexResponse.ModelIndex::getName)
            .collect(Collectors.toSet());
    if (!ready.isEmpty()) {
      target.holds(ready);
    }
  }

  private void become(boolean now, String whyNot) {
    if (now != healthy) {
      healthy = now;
      probes = 0;
      log.atInfo()
          .addKeyValue("target", target.name())
          .addKeyValue("healthy", now)
          .addKeyValue("reason", now ? "" : whyNot)
          .log("cloud target changed");
    }
    connection.arrange();
  }

  private void again(Duration delay) {
    if (!closed) {
      nextProbe = timers.after(delay, this::probe);
    }
  }
}
