package dev.brink.cloud.once;

import dev.brink.cluster.ClusterListener;
import dev.brink.cluster.ClusterSession;
import dev.brink.inference.InferenceError.Unavailable;
import dev.brink.inference.InferenceException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.shareddata.AsyncMap;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * Keys of all cloud nodes, in a map with one backup: the loss of a node loses no key, the loss of
 * all of them loses every key. What a node claimed that is no longer a member is free. Before this
 * node has joined nothing is known, and so nothing is run.
 */
public final class ClusterKeyStore implements KeyStore, ClusterListener {

  private static final String MAP = "brink.once";

  private volatile Future<Shared> shared = notJoined();

  private record Shared(AsyncMap<String, Buffer> keys, UUID self, Predicate<UUID> isMember) {}

  private static <T> Future<T> notJoined() {
    return InferenceException.failed(
        new Unavailable("idempotency keys are not known yet", Duration.ofSeconds(1)));
  }

  @Override
  public void joined(ClusterSession session) {
    join(
        session.vertx().sharedData().getClusterWideMap(MAP), session.memberId(), session::isMember);
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
