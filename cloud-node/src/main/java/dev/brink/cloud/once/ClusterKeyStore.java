package dev.brink.cloud.once;

import dev.brink.cluster.ClusterListener;
import dev.brink.cluster.ClusterSession;
import dev.brink.inference.InferenceError.Unavailable;
import dev.brink.inference.InferenceException;
import dev.brink.resilience.Ticker;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.shareddata.AsyncMap;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys of all cloud nodes, in a map with one backup: the loss of a node loses no key, the loss of
 * all of them loses every key. What a node claimed that is no longer a member is free. Before this
 * node has joined nothing is known, and so nothing is run.
 */
public final class ClusterKeyStore implements KeyStore, ClusterListener {

  private static final String MAP = "brink.once";

  private static final Logger LOG = LoggerFactory.getLogger(ClusterKeyStore.class);
  private static final long TOGETHER_NANOS = Duration.ofSeconds(10).toNanos();

  private final Ticker ticker;
  private final LongAdder lost = new LongAdder();
  private final AtomicLong lostNanos;
  private volatile Future<Shared> shared = notJoined();

  private record Shared(AsyncMap<String, Buffer> keys, UUID self, Predicate<UUID> isMember) {}

  public ClusterKeyStore(Ticker ticker) {
    this.ticker = ticker;
    this.lostNanos = new AtomicLong(ticker.nanos() - 2 * TOGETHER_NANOS);
  }

  private static <T> Future<T> notJoined() {
    return InferenceException.failed(
        new Unavailable("idempotency keys are not known yet", Duration.ofSeconds(1)));
  }

  @Override
  public void joined(ClusterSession session) {
    session.onDataLost(this::lost);
    join(
        session.vertx().sharedData().getClusterWideMap(MAP), session.memberId(), session::isMember);
  }

  /** Said once for all parts that go together, which is within moments. */
  void lost() {
    lost.increment();
    long now = ticker.nanos();
    long before = lostNanos.get();
    if (now - before > TOGETHER_NANOS && lostNanos.compareAndSet(before, now)) {
      LOG.atError()
          .log(
              "idempotency keys were lost with cloud nodes that died together: jobs whose answers"
                  + " were lost, too, are run again");
    }
  }

  /** Of the 271 parts of the cluster's data, those that died with all their copies. */
  public long lostParts() {
    return lost.sum();
  }

  void join(Future<AsyncMap<String, Buffer>> map, UUID self, Predicate<UUID> isMember) {
    shared = map.map(keys -> new Shared(keys, self, isMember));
  }

  @Override
  public void left(ClusterSession session) {
    shared = notJoined();
  }

  @Override
  public Future<Standing> claim(String key, Buffer claim, Duration lease) {
    return shared.compose(known -> claim(known, key, claim, Math.max(1, lease.toMillis())));
  }

  private static Future<Standing> claim(Shared known, String key, Buffer claim, long millis) {
    return known
        .keys()
        .putIfAbsent(key, KeyEntry.claim(known.self(), claim), millis)
        .compose(
            earlier -> {
              if (earlier == null) {
                return Future.succeededFuture(new Claimed());
              }
              return isAbandoned(known, earlier)
                  ? known
                      .keys()
                      .removeIfPresent(key, earlier)
                      .compose(gone -> claim(known, key, claim, millis))
                  : Future.succeededFuture(KeyEntry.read(earlier));
            });
  }

  private static boolean isAbandoned(Shared known, Buffer entry) {
    return KeyEntry.isClaim(entry) && !known.isMember().test(KeyEntry.owner(entry));
  }

  @Override
  public Future<Void> finish(String key, Buffer claim, Buffer result, Duration ttl) {
    return shared.compose(
        known -> known.keys().put(key, KeyEntry.result(known.self(), result), ttl.toMillis()));
  }

  @Override
  public Future<Void> release(String key, Buffer claim) {
    return shared
        .compose(known -> known.keys().removeIfPresent(key, KeyEntry.claim(known.self(), claim)))
        .mapEmpty();
  }
}
